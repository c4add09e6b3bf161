/** Guide for Exim with a single configuration file (Exim specification: "The default configuration file"). */
import { eximAcl } from './exim-parts.ts';
import type { PairFacts, Relay } from './facts.ts';
import type { Guide, Step } from './guide.ts';
import { argumentsStep } from './script-arguments.ts';
import { hostsStep, howItWaits, testText, titleOf } from './words.ts';

/** The service is named `exim4` on Debian and `exim` elsewhere. */
const restart = 'service "$([ -d /etc/exim4 ] && echo exim4 || echo exim)" restart';

export function guideForExim(facts: PairFacts): Guide {
  return {
    server: 'exim',
    title: titleOf('Exim', facts),
    language: 'sh',
    apply: [
      ...argumentsStep(facts, { kind: 'FILE', preset: '' }),
      {
        title: 'Find the configuration and keep what there is',
        text: 'To undo, this copy is put back. What Debian generates must not be edited: there use smarthost exim4.',
        code: [
          'exim=$(command -v exim || command -v exim4)',
          '[ -n "$config" ] || config=$("$exim" -bP configure_file)',
          'cp -an "$config" "$config.before-mailpair"',
        ].join('\n'),
      },
      ...hostsStep(facts.relay, facts.fallback),
      ...(facts.credentials ? [credentials] : []),
      sending(facts),
      {
        title: 'Take mail from the pair only',
        text:
          'Besides the pair: this machine, users who log in, and relay_from_hosts, as before. The ACL for RCPT that ' +
          'there is, acl_check_rcpt in the default configuration, is asked after it.',
        code: ['install -m 644 /dev/stdin "$config.mailpair-acl" <<\'END\'', eximAcl(facts), 'END'].join(
          '\n',
        ),
      },
      putting(facts),
      {
        title: 'Let it work',
        text: howItWaits('Exim keeps mail queued and tries again by its retry rules', facts),
        code: `"$exim" -C "$config" -bV\n${restart}`,
      },
    ],
    test: {
      title: 'To test',
      text: testText,
      code:
        'echo test | exim -v someone@elsewhere.example\nexim -bp\n' +
        'exim -bh 198.51.100.1    # then by hand: EHLO x, MAIL FROM:<>, RCPT TO:<YOU>: refused with 550 5.7.1',
    },
    undo: {
      title: 'To undo',
      text: '',
      code: [
        'exim=$(command -v exim || command -v exim4)',
        'config=$("$exim" -bP configure_file)',
        'mv "$config.before-mailpair" "$config"',
        'rm -f "$config".mailpair-*',
        restart,
      ].join('\n'),
    },
  };
}

/** The look-up, escaped for a here-document that the shell expands. */
const looked = (field: string): string => `\\\${lookup{${field}}lsearch{$config.mailpair-credentials}}`;

const credentials: Step = {
  title: 'Credentials',
  text: 'Only Exim needs to read the file.',
  code: [
    'install -m 640 /dev/stdin "$config.mailpair-credentials" <<END',
    'user: $user',
    'password: $password',
    'END',
    'chgrp "$("$exim" -C "$config" -n -bP exim_group)" "$config.mailpair-credentials"',
    'cat >"$config.mailpair-authenticator" <<END',
    'mailpair:',
    '  driver = plaintext',
    '  public_name = PLAIN',
    `  client_send = <; ^${looked('user')}^\\\${sg{${looked('password')}}{\\N\\^\\N}{^^}}`,
    'END',
  ].join('\n'),
};

const smarthost = ({ host, port }: Relay): string => `${host}::${port}`;

function sending({ relay, fallback, verify, credentials: logsIn }: PairFacts): Step {
  const hosts = [relay, fallback].flatMap((each) => (each ? smarthost(each) : []));
  return {
    title: `Send by ${relay.host}`,
    text: fallback ? `While outbound cannot be reached, mail goes by ${fallback.host}.` : '',
    code: [
      'cat >"$config.mailpair-router" <<\'END\'',
      'mailpair:',
      '  driver = manualroute',
      '  domains = ! +local_domains : ! +relay_to_domains',
      '  transport = mailpair',
      `  route_list = * ${hosts.join(':')} byname`,
      '  no_more',
      'END',
      'cat >"$config.mailpair-transport" <<\'END\'',
      'mailpair:',
      '  driver = smtp',
      '  multi_domain',
      ...(relay.tls === 'implicit' ? ['  protocol = smtps'] : []),
      ...(relay.tls === 'none' ? [] : ['  hosts_require_tls = *']),
      ...(verify ? ['  tls_verify_hosts = *'] : ['  tls_try_verify_hosts =']),
      ...(logsIn ? ['  hosts_require_auth = *'] : []),
      'END',
    ].join('\n'),
  };
}

const putting = (facts: PairFacts): Step => ({
  title: 'Put it in place',
  text: 'The new router comes first, and none that comes later sees mail for other domains.',
  code: [
    'grep -q \'^begin authenticators\' "$config" || echo \'begin authenticators\' >>"$config"',
    "sed -i -e '/^\\.include .*\\.mailpair-/d' \\",
    '  -e "s|^acl_smtp_rcpt *=.*|acl_smtp_rcpt = $config.mailpair-acl|" \\',
    '  -e "/^begin routers/a .include $config.mailpair-router" \\',
    '  -e "/^begin transports/a .include $config.mailpair-transport" \\',
    ...(facts.credentials
      ? ['  -e "/^begin authenticators/a .include $config.mailpair-authenticator" \\']
      : []),
    '  "$config"',
  ].join('\n'),
});

/**
 * Guide for Exim 4 with the Debian configuration: update-exim4.conf and macros of its template, as one file
 * or split (README.Debian).
 */
import type { PairFacts, Relay } from './facts.ts';
import type { Guide, Step } from './guide.ts';
import { eximAcl } from './exim-parts.ts';
import { argumentsStep } from './script-arguments.ts';
import { hostsStep, howItWaits, testText, titleOf } from './words.ts';

const directory = '/etc/exim4';
const dialogue = '"$config/update-exim4.conf.conf"';
const acl = '$config/mailpair-only-the-pair';

export function guideForExim4(facts: PairFacts): Guide {
  return {
    server: 'exim4',
    title: titleOf("Debian's Exim 4", facts),
    language: 'sh',
    apply: [
      ...argumentsStep(facts, { kind: 'DIR', preset: directory }),
      {
        title: 'Keep what there is',
        text: 'To undo, this copy is put back.',
        code: `cp -an ${dialogue} ${dialogue}.before-mailpair`,
      },
      ...hostsStep(facts.relay, facts.fallback),
      ...(facts.credentials ? [credentials(facts)] : []),
      sending(facts),
      {
        title: 'Take mail from the pair only',
        text: 'Besides the pair: this machine, users who log in, and the hosts in dc_relay_nets, as before.',
        code: [`install -m 644 /dev/stdin "${acl}" <<'END'`, eximAcl(facts), 'END'].join('\n'),
      },
      macros(facts),
      {
        title: 'Let it work',
        text: howItWaits('Exim keeps mail queued and tries again by its retry rules, for 4 days', facts),
        code: 'update-exim4.conf --confdir "$config"\nservice exim4 restart',
      },
    ],
    test: {
      title: 'To test',
      text:
        testText +
        (facts.credentials
          ? ' A wrong password makes mail bounce (530), so send the first message yourself.'
          : ''),
      code:
        'echo test | exim4 -v someone@elsewhere.example\nexim4 -bp\n' +
        'exim4 -bh 198.51.100.1    # then by hand: EHLO x, MAIL FROM:<>, RCPT TO:<YOU>: refused with 550 5.7.1',
    },
    undo: {
      title: 'To undo',
      text: '',
      code: [
        `config=${directory}`,
        `mv ${dialogue}.before-mailpair ${dialogue}`,
        `rm -f "${acl}" "$config/conf.d/main/000_mailpair"`,
        'macros="$config/exim4.conf.localmacros"',
        '[ ! -e "$macros" ] || sed -i \'/^# mailpair begin/,/^# mailpair end/d\' "$macros"',
        ...[facts.relay, facts.fallback].flatMap((relay) =>
          relay && facts.credentials ? [`sed -i '/^${pattern(relay.host)}:/d' "$config/passwd.client"`] : [],
        ),
        'update-exim4.conf --confdir "$config"',
        'service exim4 restart',
      ].join('\n'),
    },
  };
}

const pattern = (host: string): string => host.replaceAll('.', '\\.');

function credentials({ relay, fallback }: PairFacts): Step {
  const hosts = [relay, fallback].flatMap((each) => each?.host ?? []);
  return {
    title: 'Credentials',
    text: 'The file stays readable by root and Exim alone.',
    code: [
      ...hosts.map((host) => `sed -i '/^${pattern(host)}:/d' "$config/passwd.client"`),
      'cat >>"$config/passwd.client" <<END',
      ...hosts.map((host) => `${host}:$user:$password`),
      'END',
      'chown root:Debian-exim "$config/passwd.client"',
      'chmod 640 "$config/passwd.client"',
    ].join('\n'),
  };
}

const smarthost = ({ host, port }: Relay): string => `${host}::${port}`;

function sending({ relay, fallback }: PairFacts): Step {
  const hosts = [relay, fallback].flatMap((each) => (each ? smarthost(each) : []));
  return {
    title: `Send by ${relay.host}`,
    text:
      'The same as dpkg-reconfigure exim4-config and "mail sent by smarthost; received via SMTP or fetchmail".' +
      (fallback ? ` While outbound cannot be reached, mail goes by ${fallback.host}.` : ''),
    code: [
      'sed -i -e "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype=\'smarthost\'/" \\',
      `  -e "s/^dc_smarthost=.*/dc_smarthost='${hosts.join(';')}'/" ${dialogue}`,
    ].join('\n'),
  };
}

function macros({ relay, verify }: PairFacts): Step {
  return {
    title: 'Ask for TLS, and put the rule in place',
    text: 'Macros that the template asks for; where they go depends on whether its files are split.',
    code: [
      `. ${dialogue}`,
      'macros="$config/exim4.conf.localmacros"',
      'if [ "$dc_use_split_config" = true ]; then macros="$config/conf.d/main/000_mailpair"; fi',
      '[ ! -e "$macros" ] || sed -i \'/^# mailpair begin/,/^# mailpair end/d\' "$macros"',
      'cat >>"$macros" <<END',
      '# mailpair begin',
      `MAIN_ACL_CHECK_RCPT = ${acl}`,
      ...(relay.tls === 'none' ? [] : ['REMOTE_SMTP_SMARTHOST_HOSTS_REQUIRE_TLS = *']),
      ...(relay.tls === 'implicit' ? ['REMOTE_SMTP_SMARTHOST_PROTOCOL = smtps'] : []),
      ...(verify ? ['REMOTE_SMTP_SMARTHOST_TLS_VERIFY_HOSTS = *'] : []),
      '# mailpair end',
      'END',
    ].join('\n'),
  };
}

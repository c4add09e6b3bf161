/** Guide for OpenSMTPD 6.6 and later (smtpd.conf(5), table(5)). */
import type { PairFacts, Relay } from './facts.ts';
import type { Guide, Step } from './guide.ts';
import { argumentsStep } from './script-arguments.ts';
import { hostsStep, howItWaits, noFallback, testText, titleOf } from './words.ts';

/** The path of the configuration differs between Debian and OpenBSD. */
const find = 'config=/etc/smtpd.conf; [ -e "$config" ] || config=/etc/mail/smtpd.conf';
/** The restart on Debian may fail to start smtpd while the previous process is still stopping. */
const restart = [
  'if command -v rcctl >/dev/null; then',
  '  rcctl restart smtpd',
  'else',
  '  service opensmtpd stop',
  '  while pgrep -x smtpd >/dev/null; do sleep 1; done',
  '  service opensmtpd start',
  'fi',
].join('\n');

export function guideForOpenSmtpd(facts: PairFacts): Guide {
  return {
    server: 'opensmtpd',
    title: titleOf('OpenSMTPD', facts),
    language: 'sh',
    apply: [
      ...argumentsStep(facts, { kind: 'FILE', preset: '' }),
      {
        title: 'Find the configuration and keep what there is',
        text: 'To undo, this copy is put back.',
        code: `if [ -z "$config" ]; then ${find}; fi\ncp -an "$config" "$config.before-mailpair"`,
      },
      ...hostsStep(facts.relay),
      ...(facts.credentials ? [credentials] : []),
      who(facts),
      {
        title: `Send by ${facts.relay.host}, take mail from the pair only`,
        text:
          'Every action that relays goes by outbound from now on; every listener, but a socket, asks the filter. A ' +
          'listener that has a filter already is left as it is: add "mailpair" to its filters by hand.',
        code: [
          "sed -i -e '/^include .*mailpair\"$/d' \\",
          `  -e 's|^\\(action  *[^ ]*  *relay\\)\\( .*\\)\\{0,1\\}$|\\1 ${relayOptions(facts)}|' \\`,
          '  -e \'/^listen on socket/!{/ filter /!s|^listen on .*|& filter "mailpair"|;}\' "$config"',
          'sed -i "1i include \\"$config.mailpair\\"" "$config"',
        ].join('\n'),
      },
      {
        title: 'Let it work',
        text: [
          howItWaits('OpenSMTPD keeps mail queued for 4 days (queue ttl) and tries again by itself', facts),
          noFallback('OpenSMTPD', facts),
        ]
          .filter(Boolean)
          .join(' '),
        code: `smtpd -n -f "$config"\n${restart}`,
      },
    ],
    test: {
      title: 'To test',
      text: testText,
      code:
        'echo test | sendmail someone@elsewhere.example\nsmtpctl show queue\n' +
        'swaks --server THIS-SERVER --to YOU    # elsewhere: refused with 550 5.7.1',
    },
    undo: {
      title: 'To undo',
      text: 'Other changes made to smtpd.conf since are lost.',
      code: [find, 'mv "$config.before-mailpair" "$config"', 'rm -f "$config".mailpair*', restart].join('\n'),
    },
  };
}

const credentials: Step = {
  title: 'Credentials',
  text: 'OpenSMTPD reads the file as root, nobody else can.',
  code: [
    'install -m 600 /dev/stdin "$config.mailpair-credentials" <<END',
    'mailpair $user:$password',
    'END',
  ].join('\n'),
};

const schemes: Readonly<Record<Relay['tls'], string>> = {
  starttls: 'smtp+tls',
  implicit: 'smtps',
  none: 'smtp+notls',
};

function relayOptions({ relay, verify, credentials: logsIn }: PairFacts): string {
  const url = `${schemes[relay.tls]}://${logsIn ? 'mailpair@' : ''}${relay.host}:${relay.port}`;
  const tls = relay.tls === 'none' ? '' : verify ? ' tls' : ' tls no-verify';
  return `host ${url}${tls}${logsIn ? ' auth <mailpair_credentials>' : ''}`;
}

const who = ({ pair, refusal, credentials: logsIn }: PairFacts): Step => ({
  title: 'The pair',
  text: 'Besides the pair: this machine and users who log in, as before.',
  code: [
    'install -m 644 /dev/stdin "$config.mailpair-pair" <<\'END\'',
    ...['127.0.0.1', '::1', ...pair],
    'END',
    'cat >"$config.mailpair" <<END',
    'table mailpair_pair file:$config.mailpair-pair',
    ...(logsIn ? ['table mailpair_credentials file:$config.mailpair-credentials'] : []),
    'filter "mailpair_users" phase rcpt-to match auth bypass',
    `filter "mailpair_strangers" phase rcpt-to match !src <mailpair_pair> reject "550 5.7.1 ${refusal}"`,
    'filter "mailpair" chain { "mailpair_users", "mailpair_strangers" }',
    'END',
  ].join('\n'),
});

/**
 * Guide for Sendmail 8.13 and later, configured by m4 (cf/README: "Using a smart host", "STARTTLS",
 * "Anti-spam").
 */
import type { PairFacts, Relay } from './facts.ts';
import type { Guide, Step } from './guide.ts';
import { argumentsStep } from './script-arguments.ts';
import { hostsStep, howItWaits, testText, titleOf } from './words.ts';

const directory = '/etc/mail';

export function guideForSendmail(all: PairFacts): Guide {
  const { relay, fallback } = all;
  if (relay.tls === 'implicit')
    throw new Error(
      `Sendmail sends by STARTTLS only, and ${relay.host} has no such listener: add one on port 587 to outbound.listen.submission`,
    );
  // The mailer has one port for all its hosts, so a fallback with another port cannot be used.
  const facts = fallback && fallback.port !== relay.port ? { ...all, fallback: null } : all;
  return {
    server: 'sendmail',
    title: titleOf('Sendmail', facts),
    language: 'sh',
    apply: [
      ...argumentsStep(facts, { kind: 'DIR', preset: directory }),
      {
        title: 'Keep what there is',
        text: 'To undo, these copies are put back.',
        code: [
          'cp -an "$config/sendmail.mc" "$config/sendmail.mc.before-mailpair"',
          'cp -an "$config/access" "$config/access.before-mailpair"',
        ].join('\n'),
      },
      ...hostsStep(facts.relay, facts.fallback),
      ...(facts.credentials ? [credentials(facts)] : []),
      ...(facts.relay.tls === 'none' ? [] : [requireTls(facts)]),
      who(facts),
      macros(facts),
      {
        title: 'Put it in place',
        text: 'The file is included before the first MAILER line, where features must stand.',
        code:
          'grep -q mailpair.m4 "$config/sendmail.mc" ||\n' +
          '  sed -i "0,/^MAILER/s||include(\\`$config/mailpair.m4\')dnl\\n&|" "$config/sendmail.mc"',
      },
      {
        title: 'Let it work',
        text: howItWaits(
          'Sendmail keeps mail queued for Timeout.queuereturn (5 days) and tries again by itself',
          facts,
        ),
        code: 'make -C "$config"\nservice sendmail restart',
      },
    ],
    test: {
      title: 'To test',
      text: testText,
      code:
        'echo test | sendmail -v someone@elsewhere.example\nmailq\n' +
        'swaks --server THIS-SERVER --to YOU    # elsewhere: refused with 550 5.7.1',
    },
    undo,
  };
}

const undo: Step = {
  title: 'To undo',
  text: 'Other changes made to sendmail.mc and access since are lost.',
  code: [
    `config=${directory}`,
    'mv "$config/sendmail.mc.before-mailpair" "$config/sendmail.mc"',
    'mv "$config/access.before-mailpair" "$config/access"',
    'touch "$config/sendmail.mc" "$config/access"',
    'make -C "$config"',
    'rm -f "$config"/mailpair.m4 "$config"/mailpair-pair "$config"/mailpair-authinfo*',
    'service sendmail restart',
  ].join('\n'),
};

const relays = ({ relay, fallback }: PairFacts): Relay[] => (fallback ? [relay, fallback] : [relay]);

const credentials = (facts: PairFacts): Step => ({
  title: 'Credentials',
  text: 'The password is kept in base64, so that no character is special. Debian has PLAIN and LOGIN in the package libsasl2-modules.',
  code: [
    'encoded=$(printf %s "$password" | base64 | tr -d \'\\n\')',
    'install -m 600 /dev/stdin "$config/mailpair-authinfo" <<END',
    ...relays(facts).map(({ host }) => `AuthInfo:${host} "U:$user" "P=$encoded" "M:PLAIN LOGIN"`),
    'END',
    'makemap hash "$config/mailpair-authinfo" <"$config/mailpair-authinfo"',
    'chmod 600 "$config/mailpair-authinfo.db"',
  ].join('\n'),
});

const requireTls = (facts: PairFacts): Step => ({
  title: 'Ask for TLS',
  text: facts.verify
    ? 'With a certificate that is valid for the name of the gateway.'
    : 'With any certificate, 112 bits at least.',
  code: [
    `sed -i '/^TLS_Srv:\\(${relays(facts)
      .map(({ host }) => host.replaceAll('.', '\\.'))
      .join('\\|')}\\)[[:space:]]/d' "$config/access"`,
    'cat >>"$config/access" <<END',
    ...relays(facts).map(({ host }) => `TLS_Srv:${host}\t${facts.verify ? 'VERIFY:112+CN' : 'ENCR:112'}`),
    'END',
  ].join('\n'),
});

/** Sendmail writes IPv6 addresses in full unless it is configured otherwise, so both forms are listed. */
function forms(address: string): string[] {
  if (!address.includes(':')) return [address];
  const [head = '', tail] = address.split('::');
  const given = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const missing = tail === undefined ? 0 : 8 - given(head).length - given(tail).length;
  const full = [...given(head), ...Array<string>(missing).fill('0'), ...given(tail)].join(':');
  return [...new Set([`IPv6:${address}`, `IPv6:${full}`])];
}

const who = ({ pair }: PairFacts): Step => ({
  title: 'The pair',
  text: 'Whoever is listed here may bring mail; so may this machine, users who log in, and hosts with RELAY in access.',
  code: [
    'install -m 644 /dev/stdin "$config/mailpair-pair" <<END',
    ...['127.0.0.1', '::1', ...pair].flatMap(forms),
    'END',
  ].join('\n'),
});

function macros({ relay, fallback, verify, credentials: logsIn, refusal }: PairFacts): Step {
  const hosts = [relay, fallback].flatMap((each) => (each ? `[${each.host}]` : []));
  return {
    title: `Send by ${relay.host}, take mail from the pair only`,
    text: fallback
      ? `While outbound cannot be reached, mail goes by ${fallback.host}, on the same port.`
      : '',
    code: [
      'sed "s|@config@|$config|" <<\'END\' | install -m 644 /dev/stdin "$config/mailpair.m4"',
      `define(\`SMART_HOST', \`relay:${hosts.join(':')}')dnl`,
      `define(\`RELAY_MAILER_ARGS', \`TCP $h ${relay.port}')dnl`,
      ...(logsIn ? ["FEATURE(`authinfo', `hash @config@/mailpair-authinfo')dnl"] : []),
      ...(verify
        ? [
            "define(`confCACERT', `/etc/ssl/certs/ca-certificates.crt')dnl",
            "define(`confCACERT_PATH', `/etc/ssl/certs')dnl",
            "FEATURE(`check_cert_altnames')dnl",
          ]
        : []),
      'LOCAL_CONFIG',
      'F{MailpairPair}@config@/mailpair-pair',
      'LOCAL_RULESETS',
      'SLocal_check_rcpt',
      'R$*\t\t\t$: $&{client_addr} $| $&{auth_type}',
      'R$={MailpairPair} $| $*\t$@ OK',
      'R$| $*\t\t\t$@ OK',
      'R0 $| $*\t\t\t$@ OK',
      'R$* $| $+\t\t$@ OK',
      'R$* $|\t\t\t$: $>A <$&{client_addr}> <?> <+ Connect> <>',
      'R<RELAY> $*\t\t$@ OK',
      `R$*\t\t\t$#error $@ 5.7.1 $: "550 ${refusal}"`,
      'END',
    ].join('\n'),
  };
}

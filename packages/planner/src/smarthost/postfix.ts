/** Guide for Postfix 3.0 and later (postconf(5), SASL_README, TLS_README). */
import type { PairFacts, Relay } from './facts.ts';
import type { Guide, Step } from './guide.ts';
import { argumentsStep } from './script-arguments.ts';
import { howItWaits, testText, titleOf } from './words.ts';

const directory = '/etc/postfix';

export function guideForPostfix(facts: PairFacts): Guide {
  return {
    server: 'postfix',
    title: titleOf('Postfix', facts),
    language: 'sh',
    apply: [
      ...argumentsStep(facts, { kind: 'DIR', preset: directory }),
      {
        title: 'Keep what there is',
        text: 'To undo, this copy is put back.',
        code: 'cp -an "$config/main.cf" "$config/main.cf.before-mailpair"',
      },
      ...(facts.credentials ? [credentials(facts)] : []),
      sending(facts),
      taking(facts),
      {
        title: 'Let it work',
        text: howItWaits(
          'Postfix keeps mail queued for maximal_queue_lifetime (5 days) and tries again by itself',
          facts,
        ),
        code: 'postfix -c "$config" check\npostfix -c "$config" reload',
      },
    ],
    test: {
      title: 'To test',
      text: testText,
      code:
        'echo test | sendmail someone@elsewhere.example\npostqueue -p\nswaks --server THIS-SERVER ' +
        '--to YOU    # elsewhere: refused with 554 5.7.1',
    },
    undo: {
      title: 'To undo',
      text: 'Other changes made to main.cf since are lost.',
      code: [
        `config=${directory}`,
        'mv "$config/main.cf.before-mailpair" "$config/main.cf"',
        'rm -f "$config/mailpair-pair" "$config/mailpair-credentials"',
        'postfix -c "$config" reload',
      ].join('\n'),
    },
  };
}

/** The value of relayhost. The address is used if the name may resolve to another one. */
const nextHop = ({ host, port, address }: Relay): string => `[${address ?? host}]:${port}`;

const relays = ({ relay, fallback }: PairFacts): Relay[] => (fallback ? [relay, fallback] : [relay]);

const credentials = (facts: PairFacts): Step => ({
  title: 'Credentials',
  text: 'Postfix reads the file as root, nobody else can.',
  code: [
    'install -m 600 /dev/stdin "$config/mailpair-credentials" <<END',
    ...relays(facts).map((relay) => `${nextHop(relay)} $user:$password`),
    'END',
  ].join('\n'),
});

function sending(facts: PairFacts): Step {
  const { relay, fallback } = facts;
  const settings = [
    `relayhost = ${nextHop(relay)}`,
    ...(fallback ? [`smtp_fallback_relay = ${nextHop(fallback)}`] : []),
    ...tls(facts),
    ...(facts.credentials
      ? [
          'smtp_sasl_auth_enable = yes',
          'smtp_sasl_password_maps = texthash:$config_directory/mailpair-credentials',
          'smtp_sasl_security_options = noanonymous',
          'smtp_sasl_mechanism_filter = plain, login',
        ]
      : []),
  ];
  const caveats = [
    'A line of transport_maps for a domain outside still goes its own way.',
    ...(fallback ? [`While outbound cannot be reached, mail goes by ${fallback.host}.`] : []),
    ...(facts.credentials ? ['Debian has PLAIN and LOGIN in the package libsasl2-modules.'] : []),
    ...(facts.verify ? ['On Red Hat the file of authorities is /etc/pki/tls/cert.pem.'] : []),
  ];
  return {
    title: `Send by ${relay.host}`,
    text: caveats.join(' '),
    code: `postconf -c "$config" -e ${settings.map((setting) => `\\\n  '${setting}'`).join(' ')}`,
  };
}

function tls(facts: PairFacts): string[] {
  const { relay, verify } = facts;
  if (relay.tls === 'none') return ['smtp_tls_security_level = may'];
  const wrapper = [`smtp_tls_wrappermode = ${relay.tls === 'implicit' ? 'yes' : 'no'}`];
  if (!verify) return [...wrapper, 'smtp_tls_security_level = encrypt'];
  return [
    ...wrapper,
    'smtp_tls_security_level = secure',
    `smtp_tls_secure_cert_match = ${relays(facts)
      .map(({ host }) => host)
      .join(', ')}`,
    'smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt',
  ];
}

/**
 * A cidr(5) table uses the first match. Brackets around IPv6 addresses are for match lists and not for
 * tables.
 */
const taking = ({ pair, refusal }: PairFacts): Step => ({
  title: 'Take mail from the pair only',
  text:
    'Besides the pair: this machine, users who log in, and the networks in mynetworks, as before. The gateways bring ' +
    'all the mail, so limits for each client do not hold for them.',
  code: [
    'install -m 644 /dev/stdin "$config/mailpair-pair" <<END',
    ...pair.map((address) => `${address} OK`),
    `0.0.0.0/0 REJECT ${refusal}`,
    `::/0 REJECT ${refusal}`,
    'END',
    'postconf -c "$config" -e \\',
    "  'smtpd_client_restrictions = permit_mynetworks, permit_sasl_authenticated," +
      " check_client_access cidr:$config_directory/mailpair-pair' \\",
    `  'smtpd_client_event_limit_exceptions = $mynetworks, ${pair.map(inList).join(', ')}'`,
  ].join('\n'),
});

const inList = (address: string): string => (address.includes(':') ? `[${address}]` : address);

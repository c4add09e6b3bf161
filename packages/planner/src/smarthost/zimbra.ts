/** Guide for Zimbra. Its Postfix is configured by zmprov, because zmconfigd rewrites main.cf. */
import type { PairFacts, Relay } from './facts.ts';
import type { Guide, Step } from './guide.ts';
import { argumentsStep } from './script-arguments.ts';
import { howItWaits, testText, titleOf } from './words.ts';

const nextHop = ({ host, port, address }: Relay): string => `[${address ?? host}]:${port}`;

export function guideForZimbra(facts: PairFacts): Guide {
  const { relay, fallback, credentials } = facts;
  if (relay.tls === 'implicit')
    throw new Error(
      `this guide for Zimbra needs STARTTLS, and ${relay.host} has no such listener: add one on port 587 to outbound.listen.submission`,
    );
  const relays = fallback ? [relay, fallback] : [relay];
  return {
    server: 'zimbra',
    title: titleOf('Zimbra', facts),
    language: 'sh',
    apply: [
      ...argumentsStep(facts, null),
      {
        title: 'Become zimbra',
        text: 'Not root but the account zimbra runs these commands, on each MTA server: su - zimbra.',
        code: 'test "$(id -un)" = zimbra',
      },
      ...(credentials
        ? [
            {
              title: 'Credentials',
              text: 'Only zimbra can read the file.',
              code: [
                'install -m 600 /dev/stdin /opt/zimbra/conf/relay_password <<END',
                ...relays.map((each) => `${nextHop(each)} $user:$password`),
                'END',
                'postmap lmdb:/opt/zimbra/conf/relay_password',
                'zmprov ms "$(zmhostname)" zimbraMtaSmtpSaslPasswordMaps lmdb:/opt/zimbra/conf/relay_password \\',
                '  zimbraMtaSmtpSaslAuthEnable yes zimbraMtaSmtpSaslSecurityOptions noanonymous \\',
                '  zimbraMtaSmtpCnameOverridesServername no',
              ].join('\n'),
            },
          ]
        : []),
      sending(facts),
      taking(facts),
    ],
    test: {
      title: 'To test',
      text: `${testText} Check with postconf that both settings have arrived in main.cf.`,
      code:
        'postconf relayhost smtp_fallback_relay smtpd_client_restrictions\nswaks --server ' +
        'THIS-SERVER --to YOU    # elsewhere: refused with 554 5.7.1',
    },
    undo: {
      title: 'To undo',
      text: '',
      code: [
        "zmprov ms \"$(zmhostname)\" zimbraMtaRelayHost '' zimbraMtaFallbackRelayHost ''",
        ...(credentials ? ['zmprov ms "$(zmhostname)" zimbraMtaSmtpSaslAuthEnable no'] : []),
        'zmprov ms "$(zmhostname)" zimbraMtaSmtpdClientRestrictions \'\'',
        'rm -f /opt/zimbra/conf/mailpair-pair',
        'zmmtactl restart',
      ].join('\n'),
    },
  };
}

const taking = ({ pair, refusal }: PairFacts): Step => ({
  title: 'Take mail from the pair only',
  text:
    'Besides the pair: zimbraMtaMyNetworks, and users who log in. The server has the setting of the global ' +
    'configuration (reject_unauth_pipelining) again when its own is emptied.',
  code: [
    "install -m 644 /dev/stdin /opt/zimbra/conf/mailpair-pair <<'END'",
    ...pair.map((address) => `${address} OK`),
    `0.0.0.0/0 REJECT ${refusal}`,
    `::/0 REJECT ${refusal}`,
    'END',
    'zmprov ms "$(zmhostname)" zimbraMtaSmtpdClientRestrictions \\',
    "  'permit_mynetworks, permit_sasl_authenticated, check_client_access cidr:/opt/zimbra/conf/mailpair-pair'",
    'zmmtactl restart',
  ].join('\n'),
});

const sending = (facts: PairFacts): Step => ({
  title: `Send by ${facts.relay.host}`,
  text: howItWaits('Zimbra keeps mail queued for 5 days and tries again by itself', facts),
  code: [
    `zmprov ms "$(zmhostname)" zimbraMtaRelayHost '${nextHop(facts.relay)}'`,
    ...(facts.fallback
      ? [`zmprov ms "$(zmhostname)" zimbraMtaFallbackRelayHost '${nextHop(facts.fallback)}'`]
      : []),
    `zmprov ms "$(zmhostname)" zimbraMtaSmtpTlsSecurityLevel ${facts.relay.tls === 'none' ? 'may' : 'encrypt'}`,
  ].join('\n'),
});

/** Zimbra, whose Postfix is configured by zmprov and zmlocalconfig (zmconfigd writes main.cf anew). */
import type { PairFacts, Relay } from './facts.ts';
import type { Guide } from './guide.ts';
import { howItWaits, makeUser, testText, titleOf } from './words.ts';

const nextHop = ({ host, port, address }: Relay): string => `[${address ?? host}]:${port}`;

export function guideForZimbra(facts: PairFacts): Guide {
  const { relay, fallback, credentials, pair, refusal } = facts;
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
      {
        title: 'Become zimbra',
        text: 'Not root but the account zimbra runs these commands, on each MTA server: su - zimbra.',
        code: 'test "$(id -un)" = zimbra',
      },
      ...(credentials
        ? [
            {
              title: 'Credentials',
              text: makeUser,
              code: [
                "install -m 600 /dev/stdin /opt/zimbra/conf/relay_password <<'END'",
                ...relays.map((each) => `${nextHop(each)} USER:PASSWORD`),
                'END',
                'postmap lmdb:/opt/zimbra/conf/relay_password',
                'zmprov ms "$(zmhostname)" zimbraMtaSmtpSaslPasswordMaps lmdb:/opt/zimbra/conf/relay_password \\',
                '  zimbraMtaSmtpSaslAuthEnable yes zimbraMtaSmtpSaslSecurityOptions noanonymous \\',
                '  zimbraMtaSmtpCnameOverridesServername no',
              ].join('\n'),
            },
          ]
        : []),
      {
        title: `Send by ${relay.host}`,
        text: howItWaits('Zimbra keeps mail queued for 5 days and tries again by itself', facts),
        code: [
          `zmprov ms "$(zmhostname)" zimbraMtaRelayHost '${nextHop(relay)}'`,
          ...(fallback
            ? [`zmprov ms "$(zmhostname)" zimbraMtaFallbackRelayHost '${nextHop(fallback)}'`]
            : []),
          `zmprov ms "$(zmhostname)" zimbraMtaSmtpTlsSecurityLevel ${relay.tls === 'none' ? 'may' : 'encrypt'}`,
        ].join('\n'),
      },
      {
        title: 'Take mail from the pair only',
        text:
          'Besides the pair: zimbraMtaMyNetworks, and users who log in. The line goes into the list of restrictions ' +
          'that zmconfigd puts into main.cf, which updates of Zimbra may replace: look again after one.',
        code: [
          "install -m 644 /dev/stdin /opt/zimbra/conf/mailpair-pair <<'END'",
          ...pair.map((address) => `${address} OK`),
          `0.0.0.0/0 REJECT ${refusal}`,
          `::/0 REJECT ${refusal}`,
          'END',
          'cp -an /opt/zimbra/conf/zmconfigd/smtpd_client_restrictions.cf /opt/zimbra/conf/smtpd_client_restrictions.before-mailpair',
          "printf '%s\\n' permit_mynetworks permit_sasl_authenticated \\",
          "  'check_client_access cidr:/opt/zimbra/conf/mailpair-pair' \\",
          '  >/opt/zimbra/conf/zmconfigd/smtpd_client_restrictions.cf',
          'zmmtactl restart',
        ].join('\n'),
      },
    ],
    test: {
      title: 'To test',
      text: `${testText} Check with postconf that both settings have arrived in main.cf.`,
      code: 'postconf relayhost smtp_fallback_relay smtpd_client_restrictions\nswaks --server THIS-SERVER --to YOU    # elsewhere: refused with 554 5.7.1',
    },
    undo: {
      title: 'To undo',
      text: '',
      code: [
        "zmprov ms \"$(zmhostname)\" zimbraMtaRelayHost '' zimbraMtaFallbackRelayHost ''",
        ...(credentials ? ['zmprov ms "$(zmhostname)" zimbraMtaSmtpSaslAuthEnable no'] : []),
        'mv /opt/zimbra/conf/smtpd_client_restrictions.before-mailpair /opt/zimbra/conf/zmconfigd/smtpd_client_restrictions.cf',
        'zmmtactl restart',
      ].join('\n'),
    },
  };
}

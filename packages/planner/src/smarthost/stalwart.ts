/** Guide for Stalwart 0.16 by its WebUI (objects MtaRoute, MtaOutboundStrategy, MtaStageMail). */
import type { PairFacts } from './facts.ts';
import type { Guide } from './guide.ts';
import { howItWaits, noFallback, testText, titleOf } from './words.ts';

export function guideForStalwart(facts: PairFacts): Guide {
  const { relay, credentials, verify, pair } = facts;
  const allowed = ['127.0.0.1', '::1', ...pair].map((address) => `remote_ip == '${address}'`);
  return {
    server: 'stalwart',
    title: titleOf('Stalwart', facts),
    language: 'screen',
    apply: [
      {
        title: `Send by ${relay.host}`,
        text: `Settings > MTA > Outbound > Routes: a new route of the variant Relay. ${noFallback('Stalwart', facts)}`,
        code: [
          'name:              mailpair',
          `address:           ${relay.address ?? relay.host}`,
          `port:              ${relay.port}`,
          'protocol:          smtp',
          `implicitTls:       ${relay.tls === 'implicit'}`,
          `allowInvalidCerts: ${!verify}`,
          ...(credentials
            ? [
                'authUsername:      USER        (made on outbound: mailpair password USER)',
                'authSecret:        PASSWORD',
              ]
            : []),
        ].join('\n'),
      },
      {
        title: 'Use the route',
        text: `Settings > MTA > Outbound > Strategy, expression of route. ${howItWaits(
          'Stalwart keeps mail queued by its schedule and tries again by itself',
          facts,
        )}`,
        code: "if:   is_local_domain(rcpt_domain)   then: 'local'\nelse: 'mailpair'",
      },
      {
        title: 'Take mail from the pair only',
        text:
          'Settings > MTA > Session > MAIL FROM Stage: the expression isSenderAllowed. It keeps users who log in, and ' +
          'takes the place of the default, which knows a block list only.',
        code: `!is_empty(authenticated_as) || ${allowed.join(' || ')}`,
      },
    ],
    test: { title: 'To test', text: testText, code: 'Management > Queue shows what waits.' },
    undo: {
      title: 'To undo',
      text: '',
      code: [
        "Strategy, route:          else 'mx' in place of 'mailpair'",
        "MAIL FROM Stage:          isSenderAllowed to !is_empty(authenticated_as) || !key_exists('spam-block', sender_domain)",
        'Routes:                   delete mailpair',
      ].join('\n'),
    },
  };
}

/** Guide for hMailServer 5 by hMailServer Administrator. */
import type { PairFacts } from './facts.ts';
import type { Guide } from './guide.ts';
import { howItWaits, noFallback, testText, titleOf } from './words.ts';

const security = { starttls: 'STARTTLS (Required)', implicit: 'SSL/TLS', none: 'None' } as const;

export function guideForHMailServer(facts: PairFacts): Guide {
  const { relay, credentials, pair } = facts;
  return {
    server: 'hmailserver',
    title: titleOf('hMailServer', facts),
    language: 'screen',
    apply: [
      {
        title: `Send by ${relay.host}`,
        text: `Settings > Protocols > SMTP > Delivery of e-mail > SMTP Relayer. ${howItWaits(
          'hMailServer tries 4 times, an hour apart, then bounces: raise Number of retries there to 48',
          facts,
        )} ${noFallback('hMailServer', facts)}`,
        code: [
          `Remote host name:               ${relay.address ?? relay.host}`,
          `Remote TCP/IP port:             ${relay.port}`,
          `Server requires authentication: ${credentials ? 'yes' : 'no'}`,
          ...(credentials
            ? [
                'User name:                      USER        (made on outbound: mailpair password USER)',
                'Password:                       PASSWORD',
              ]
            : []),
          `Connection security:            ${security[relay.tls]}`,
        ].join('\n'),
      },
      {
        title: 'Take mail from the pair only',
        text:
          'Settings > Advanced > IP Ranges: one range for each address of the pair, with a priority above that of ' +
          'Internet (10). Then shut the Internet range to mail that nobody logged in for, which leaves it open to ' +
          'your users.',
        code: [
          ...pair.map((address) => `Add: Mailpair ${address}, priority 50, lower and upper IP ${address}`),
          '     Allow connections: SMTP. Allow deliveries: External to local.',
          '     Require SMTP authentication: none of the four. Options: Anti-spam off.',
          'Internet: Require SMTP authentication: External to local e-mail addresses, and the other three.',
        ].join('\n'),
      },
    ],
    test: {
      title: 'To test',
      text: `${testText} hMailServer tells a stranger 530 SMTP authentication is required.`,
      code: 'Status > Delivery queue shows what waits.',
    },
    undo: {
      title: 'To undo',
      text: '',
      code: [
        'Empty Remote host name of the SMTP Relayer.',
        'Internet: Require SMTP authentication: External to local e-mail addresses off.',
        'Delete the ranges named Mailpair.',
      ].join('\n'),
    },
  };
}

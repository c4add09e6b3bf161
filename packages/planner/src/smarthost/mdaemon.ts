/** Guide for MDaemon by its configuration session (MDaemon manual: "Delivery", "IP Shield"). */
import type { PairFacts } from './facts.ts';
import type { Guide, Step } from './guide.ts';
import { howItWaits, noFallback, testText, titleOf } from './words.ts';

export function guideForMDaemon(facts: PairFacts): Guide {
  const { relay, credentials } = facts;
  return {
    server: 'mdaemon',
    title: titleOf('MDaemon', facts),
    language: 'screen',
    apply: [
      {
        title: `Send by ${relay.host}`,
        text: `Setup > Server Settings > Servers & Delivery > Delivery. ${howItWaits(
          'MDaemon keeps mail in its retry queue (Queues > Mail Queues > Retry Queue)',
          facts,
        )} ${noFallback('MDaemon', facts)}`,
        code: [
          'Send all outbound email to a smart host: yes',
          `Default smart host: ${relay.address ?? relay.host}:${relay.port}`,
          ...(credentials
            ? ['Use SMTP authentication: yes, USER and PASSWORD (made on outbound: mailpair password USER)']
            : []),
        ].join('\n'),
      },
      ...(relay.tls === 'none'
        ? []
        : [
            {
              title: 'Ask for TLS',
              text: 'Security > Security Settings > SSL & TLS.',
              code: [
                relay.tls === 'implicit'
                  ? 'MDaemon: Use dedicated SSL ports'
                  : 'MDaemon: SMTP server sends mail using STARTTLS when possible: yes',
                ...(relay.tls === 'starttls'
                  ? [`STARTTLS Required List: add ${relay.address ?? relay.host}`]
                  : []),
              ].join('\n'),
            },
          ]),
      taking(facts),
    ],
    test: {
      title: 'To test',
      text: testText,
      code: 'Queues shows what waits, Logs > SMTP (in) who was refused.',
    },
    undo: {
      title: 'To undo',
      text: '',
      code: [
        "Delivery: Send all outbound email directly to the recipient's mail server.",
        'IP Shield: remove the entries for domain *.',
      ].join('\n'),
    },
  };
}

const taking = ({ pair }: PairFacts): Step => ({
  title: 'Take mail from the pair only',
  text:
    'Security > Security Settings > Sender Authentication > IP Shield: all sender domains from these ' +
    'addresses only. Users who log in are free of it.',
  code: [
    "Don't apply IP Shield to messages sent to valid local users: no",
    "Don't apply IP Shield to authenticated sessions: yes",
    "Don't apply IP Shield to Trusted IPs: yes",
    ...['127.0.0.1', ...pair].map((address) => `Add: domain *, IP ${address}`),
  ].join('\n'),
});

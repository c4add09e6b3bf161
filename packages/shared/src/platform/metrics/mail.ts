/** What is counted of messages and their recipients, from the reply to the last attempt. */
import { Counter, type Registry } from 'prom-client';
import type { OutcomeKind } from '../values/outcome.ts';
import type { ListenerRole } from '../values/session.ts';
import { byWord } from './by-word.ts';
import { createTallies } from './tallies.ts';

export type AuthenticationMethod = 'spf' | 'dkim' | 'dmarc' | 'arc';
export type MessageResult = 'accepted' | 'deferred' | 'rejected' | 'fault';

export interface MailMetrics {
  message(listener: ListenerRole, result: MessageResult): void;
  recipientRefused(listener: ListenerRole): void;
  /** A recipient's verdict on a message, as carried out. */
  verdict(listener: ListenerRole, kind: string): void;
  /** What SPF, DKIM, DMARC or ARC said of a message, or of one of its signatures. */
  authenticated(method: AuthenticationMethod, result: string): void;
  outcome(kind: OutcomeKind): void;
  dsn(kind: string): void;
  /** A message of a submitter is held. */
  held(): void;
  damaged(): void;
  /** Seconds from the last octet of a message to our reply. */
  accepted(seconds: number): void;
}

export function mailMetrics(registry: Registry): MailMetrics {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: `mailpair_${name}`, help, labelNames, registers });
  const recipients = counter('recipients_refused_total', 'RCPT refused, by listener', ['listener']);
  const dsns = counter('dsns_total', 'Delivery status notifications sent, by kind', ['kind']);
  const held = counter('held_total', 'Messages of submitters that were held when they came', []);
  const damaged = counter(
    'damaged_total',
    'Messages and files of the spool that were set aside as damaged',
    [],
  );
  return {
    ...talliedMetrics(registry),
    recipientRefused: byWord((listener: ListenerRole) => {
      const child = recipients.labels({ listener });
      return () => child.inc();
    }),
    dsn: (kind) => dsns.inc({ kind }),
    held: () => held.inc(),
    damaged: () => damaged.inc(),
  };
}

/** Those of every message. */
function talliedMetrics(
  registry: Registry,
): Pick<MailMetrics, 'message' | 'verdict' | 'authenticated' | 'outcome' | 'accepted'> {
  const tallies = createTallies(registry);
  const messages = tallies.counter(
    'mailpair_messages_total',
    'Messages received, by listener and what was answered',
    ['listener', 'result'],
  );
  const verdicts = tallies.counter(
    'mailpair_verdicts_total',
    'Recipients of messages, by listener and verdict',
    ['listener', 'verdict'],
  );
  const authentications = tallies.counter(
    'mailpair_authentication_total',
    'Messages from strangers (of DKIM signatures), by method and result',
    ['method', 'result'],
  );
  const outcomes = tallies.counter('mailpair_outcomes_total', 'Recipients by outcome of an attempt', [
    'kind',
  ]);
  const countMessage = {
    mx: byWord((result: MessageResult) => messages({ listener: 'mx', result })),
    submission: byWord((result: MessageResult) => messages({ listener: 'submission', result })),
  };
  const countVerdict = {
    mx: byWord((verdict: string) => verdicts({ listener: 'mx', verdict })),
    submission: byWord((verdict: string) => verdicts({ listener: 'submission', verdict })),
  };
  const countAuthentication = byWord((key: string) => {
    const [method = '', result = ''] = key.split('=');
    return authentications({ method, result });
  });
  return {
    message: (listener, result) => countMessage[listener](result),
    verdict: (listener, kind) => countVerdict[listener](kind),
    authenticated: (method, result) => countAuthentication(`${method}=${result}`),
    outcome: byWord((kind: OutcomeKind) => outcomes({ kind })),
    accepted: tallies.histogram(
      'mailpair_accept_seconds',
      'Time from the last octet of a message to our reply',
      [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30],
    ),
  };
}

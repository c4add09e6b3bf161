/**
 * What /metrics shows, by prom-client. Counters are bound to their labels once, gauges are read when asked for.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { OutcomeKind } from '../values/outcome.ts';
import type { ListenerRole } from '../values/session.ts';

export type MessageResult = 'accepted' | 'deferred' | 'rejected' | 'fault';

export interface Gauges {
  /** Open sessions. */
  sessions(): number;
  /** Entries in the spool. */
  queueEntries(): number;
  /** Age of the oldest entry that is due, in seconds; 0 when none. */
  oldestDueSeconds(): number;
  /** Attempts under way. */
  attemptsActive(): number;
  /** Free octets on the spool's file system. */
  spoolFreeBytes(): number;
}

export interface Metrics {
  session(listener: ListenerRole): void;
  refusedSession(code: number): void;
  message(listener: ListenerRole, result: MessageResult): void;
  recipientRefused(listener: ListenerRole): void;
  outcome(kind: OutcomeKind): void;
  dsn(kind: string): void;
  damaged(): void;
  /** Seconds from the last octet of a message to our reply. */
  accepted(seconds: number): void;
  watch(gauges: Gauges): void;
  render(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(role: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: `mailpair_${name}`, help, labelNames, registers });

  const sessions = counter('sessions_total', 'Sessions by listener', ['listener']);
  const refused = counter('sessions_refused_total', 'Sessions ended by us, by reply code', ['code']);
  const messages = counter('messages_total', 'Messages received, by listener and what was answered', [
    'listener',
    'result',
  ]);
  const recipients = counter('recipients_refused_total', 'RCPT refused, by listener', ['listener']);
  const outcomes = counter('outcomes_total', 'Recipients by outcome of an attempt', ['kind']);
  const dsns = counter('dsns_total', 'Delivery status notifications sent, by kind', ['kind']);
  const damaged = counter('damaged_total', 'Queue entries set aside as damaged', []);
  const accepted = new Histogram({
    name: 'mailpair_accept_seconds',
    help: 'Time from the last octet of a message to our reply',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name: `mailpair_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  const bound = <L extends string>(metric: Counter<L>, label: L): ((value: string) => void) => {
    const children = new Map<string, { inc(): void }>();
    return (value) => {
      let child = children.get(value);
      if (!child) children.set(value, (child = metric.labels({ [label]: value } as Record<L, string>)));
      child.inc();
    };
  };
  const messageChildren = new Map<string, { inc(): void }>();

  return {
    session: bound(sessions, 'listener'),
    refusedSession: (code) => refused.inc({ code: String(code) }),
    message: (listener, result) => {
      const key = `${listener} ${result}`;
      let child = messageChildren.get(key);
      if (!child) messageChildren.set(key, (child = messages.labels({ listener, result })));
      child.inc();
    },
    recipientRefused: bound(recipients, 'listener'),
    outcome: bound(outcomes, 'kind'),
    dsn: bound(dsns, 'kind'),
    damaged: () => damaged.inc(),
    accepted: (seconds) => accepted.observe(seconds),
    watch: (gauges) => {
      gauge('sessions', 'Open sessions', gauges.sessions);
      gauge('queue_entries', 'Entries in the spool', gauges.queueEntries);
      gauge(
        'queue_oldest_due_seconds',
        'How long the oldest due entry has been waiting',
        gauges.oldestDueSeconds,
      );
      gauge('attempts_active', 'Attempts under way', gauges.attemptsActive);
      gauge('spool_free_bytes', 'Free octets where the spool lies', gauges.spoolFreeBytes);
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

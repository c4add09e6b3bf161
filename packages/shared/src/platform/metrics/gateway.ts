/** What is seen of a gateway as a whole: sessions, queue, quarantine, load. Read when asked for. */
import { Gauge, type Registry, type Aggregator } from 'prom-client';

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
  /** Submitters whose mail is held. */
  submittersHeld(): number;
  /** From 0 idle to 1 full: the largest part, and the parts by name. */
  load(): { readonly value: number; readonly parts: Readonly<Record<string, number>> };
  /** What it can take, in messages a second; 0 while it does not know. */
  messagesPerSecond(): number;
  /** Whether the ports for mail from the internet are closed. */
  isShut(): boolean;
  /** Whether the operator has drained the gateway. */
  isDrained(): boolean;
  /** Messages in quarantine, and their octets. */
  quarantineMessages(): number;
  quarantineBytes(): number;
  /** When the certificate of the SMTP listeners expires, in seconds since the epoch. */
  certificateExpiresAt(): number;
}

export function watchGateway(registers: Registry[], gauges: Gauges): void {
  const gauge = (name: string, help: string, read: () => number, aggregator: Aggregator = 'sum'): void => {
    new Gauge({
      name: `mailpair_${name}`,
      help,
      registers,
      aggregator,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('workers', 'Processes that carry mail', () => 1);
  gauge('sessions', 'Open sessions', gauges.sessions);
  gauge('queue_entries', 'Entries in the spool', gauges.queueEntries);
  gauge(
    'queue_oldest_due_seconds',
    'How long the oldest due entry has been waiting',
    gauges.oldestDueSeconds,
    'max',
  );
  gauge('attempts_active', 'Attempts under way', gauges.attemptsActive);
  gauge('submitters_held', 'Submitters whose mail is held', gauges.submittersHeld, 'max');
  gauge('spool_free_bytes', 'Free octets where the spool lies', gauges.spoolFreeBytes, 'min');
  gauge('load', 'The largest part of the load; 1 is all this gateway can', () => gauges.load().value, 'max');
  gauge(
    'capacity_messages_per_second',
    'Messages that this gateway can take in a second, as it has learnt; 0 while it does not know',
    gauges.messagesPerSecond,
    'max',
  );
  gauge(
    'shut',
    '1 while the port for mail from the internet is closed for the load',
    () => Number(gauges.isShut()),
    'max',
  );
  gauge(
    'drained',
    '1 while the operator keeps this gateway out of service',
    () => Number(gauges.isDrained()),
    'max',
  );
  gauge('quarantine_messages', 'Messages in quarantine', gauges.quarantineMessages);
  gauge('quarantine_bytes', 'Octets in quarantine', gauges.quarantineBytes);
  gauge(
    'certificate_expires_timestamp_seconds',
    'When the certificate of the SMTP listeners expires',
    gauges.certificateExpiresAt,
    'min',
  );
  new Gauge({
    name: 'mailpair_load_part',
    help: 'What the load is made of',
    labelNames: ['part'],
    registers,
    aggregator: 'max',
    collect() {
      for (const [part, value] of Object.entries(gauges.load().parts)) this.set({ part }, value);
    },
  });
}

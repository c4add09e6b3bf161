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

/** Name, help, what is read, and how the values of several workers are merged; without the last they are added up. */
type Row = readonly [name: string, help: string, read: (gauges: Gauges) => number, aggregator?: Aggregator];

const rows: readonly Row[] = [
  ['workers', 'Processes that carry mail', () => 1],
  ['sessions', 'Open sessions', (gauges) => gauges.sessions()],
  ['queue_entries', 'Entries in the spool', (gauges) => gauges.queueEntries()],
  [
    'queue_oldest_due_seconds',
    'How long the oldest due entry has been waiting',
    (gauges) => gauges.oldestDueSeconds(),
    'max',
  ],
  ['attempts_active', 'Attempts under way', (gauges) => gauges.attemptsActive()],
  ['submitters_held', 'Submitters whose mail is held', (gauges) => gauges.submittersHeld(), 'max'],
  ['spool_free_bytes', 'Free octets where the spool lies', (gauges) => gauges.spoolFreeBytes(), 'min'],
  ['load', 'The largest part of the load; 1 is all this gateway can', (gauges) => gauges.load().value, 'max'],
  [
    'capacity_messages_per_second',
    'Messages that this gateway can take in a second, as it has learnt; 0 while it does not know',
    (gauges) => gauges.messagesPerSecond(),
    'max',
  ],
  [
    'shut',
    '1 while the port for mail from the internet is closed for the load',
    (gauges) => Number(gauges.isShut()),
    'max',
  ],
  [
    'drained',
    '1 while the operator keeps this gateway out of service',
    (gauges) => Number(gauges.isDrained()),
    'max',
  ],
  ['quarantine_messages', 'Messages in quarantine', (gauges) => gauges.quarantineMessages()],
  ['quarantine_bytes', 'Octets in quarantine', (gauges) => gauges.quarantineBytes()],
  [
    'certificate_expires_timestamp_seconds',
    'When the certificate of the SMTP listeners expires',
    (gauges) => gauges.certificateExpiresAt(),
    'min',
  ],
];

export function watchGateway(registers: Registry[], gauges: Gauges): void {
  for (const [name, help, read, aggregator = 'sum'] of rows)
    new Gauge({
      name: `mailpair_${name}`,
      help,
      registers,
      aggregator,
      collect() {
        this.set(read(gauges));
      },
    });
  gaugeByLabel(registers, 'load_part', {
    help: 'What the load is made of',
    label: 'part',
    read: () => gauges.load().parts,
  });
}

/** A gauge with one value for each value of its label. Of several workers the largest value counts. */
export function gaugeByLabel<L extends string>(
  registers: Registry[],
  name: string,
  { help, label, read }: { help: string; label: L; read: () => Readonly<Record<string, number>> },
): void {
  new Gauge({
    name: `mailpair_${name}`,
    help,
    labelNames: [label],
    registers,
    aggregator: 'max',
    collect() {
      for (const [value, count] of Object.entries(read()))
        this.set({ [label]: value } as Record<L, string>, count);
    },
  });
}

/** The report of a rehearsal: tables for a person, the same as JSON, and whether it passed. Pure. */
import type { Rehearsal } from './rehearse.ts';
import type { FaultName, Scenario, SlotName } from './scenario.ts';
import { formatTable } from '../loopback/table.ts';
import type { Tally } from '../loopback/tally.ts';
import { rowsOf, senderRowsOf, type Row, type SenderRow } from './rows.ts';

export interface Report {
  /**
   * True if no message was lost, altered, refused or bounced without a reason, duplicated without an
   * explanation, or left over.
   */
  readonly passed: boolean;
  readonly simulatedHours: number;
  readonly compression: number;
  readonly trafficSeconds: number;
  readonly tookSeconds: number;
  readonly messages: number;
  readonly rows: readonly Row[];
  readonly senders: readonly SenderRow[];
  readonly titles: Readonly<Partial<Record<FaultName, string>>>;
  /** A description of each fault. */
  readonly faults: readonly string[];
  readonly queued: number;
  readonly notes: readonly string[];
}

export function composeReport(
  rehearsal: Rehearsal,
  { compression, trafficMs, messages, slots }: Scenario,
): Report {
  const { verdicts, queued } = rehearsal;
  const faults = [...rehearsal.crashes, ...verdicts.flatMap(({ fault }) => fault ?? [])];
  return {
    passed: faults.length === 0 && verdicts.length > 0,
    simulatedHours: (trafficMs * compression) / HOUR_MS,
    compression,
    trafficSeconds: trafficMs / 1000,
    tookSeconds: rehearsal.tookMs / 1000,
    messages,
    rows: rowsOf(
      verdicts,
      slots.map(({ name }) => name),
    ),
    senders: senderRowsOf(verdicts),
    titles: Object.fromEntries(rehearsal.titles),
    faults,
    queued,
    notes: rehearsal.notes,
  };
}

const HOUR_MS = 3_600_000;
const SHOWN_FAULTS = 20;

interface Column {
  readonly head: string;
  cell(row: Tally, compression: number): string | number;
  /** Whether the column is left out if it is 0 in all rows. */
  readonly isOptional?: boolean;
}

const columns: readonly Column[] = [
  { head: 'sent', cell: ({ recipients }) => recipients },
  { head: 'arrived', cell: ({ arrived }) => arrived },
  { head: 'lost', cell: ({ lost }) => lost },
  { head: 'duplicated', cell: ({ duplicated }) => duplicated },
  { head: 'in flight', cell: ({ inFlight }) => inFlight, isOptional: true },
  { head: 'altered', cell: ({ altered }) => altered, isOptional: true },
  { head: 'bounced', cell: ({ bounced }) => bounced, isOptional: true },
  { head: 'refused', cell: ({ refused }) => refused, isOptional: true },
  { head: 'given up', cell: ({ givenUp }) => givenUp, isOptional: true },
  { head: 'waiting', cell: ({ waiting }) => waiting, isOptional: true },
  { head: 'p50', cell: ({ p50Ms }, compression) => delayText(p50Ms, compression) },
  { head: 'p99', cell: ({ p99Ms }, compression) => delayText(p99Ms, compression) },
  { head: 'in:out', cell: sharesText },
];

function tableOf<R extends Tally>(
  heads: readonly string[],
  rows: readonly R[],
  namesOf: (row: R) => readonly string[],
  compression: number,
): string {
  const shown = columns.filter(
    ({ cell, isOptional }) => !isOptional || rows.some((row) => cell(row, 1) !== 0),
  );
  return formatTable(
    [...heads, ...shown.map(({ head }) => head)],
    rows.map((row) => [...namesOf(row), ...shown.map(({ cell }) => cell(row, compression))]),
  );
}

/** The tables, for stdout. */
export function formatReport(report: Report): string {
  const { rows, senders, titles, compression } = report;
  const title = (slot: SlotName | 'all'): string =>
    slot === 'steady' || slot === 'all' ? slot : (titles[slot] ?? slot);
  return [
    tableOf(['phase', ''], rows, ({ slot, direction }) => [title(slot), direction], compression),
    tableOf(['sender'], senders, ({ sender }) => [sender], compression),
    verdictOf(report),
  ].join('\n\n');
}

/** The explanation of the tables, for stderr. */
export function explainReport(report: Report): string {
  const { compression, simulatedHours, trafficSeconds, tookSeconds, messages, notes } = report;
  const lines = [
    `${messages} messages, all of them sent: ${round(simulatedHours)} h of simulated time in ${round(trafficSeconds)} s ` +
      `of traffic (${round(compression)} times as fast); ${round(tookSeconds)} s with start and end.`,
    'Counts are recipients, in the phase in which they were first sent. in:out is the shares of inbound and outbound, in',
    'percent. p50 and p99: from the first attempt to the local server or the next hop, in simulated time, as measured',
    `here times ${round(compression)}; times that are not compressed (a session, the start of a process) are overstated by this factor.`,
    'In flight: copies of messages in transfer when a process was killed, which no mail server can avoid. Refused and',
    'bounced: mail for unknown recipients. Given up: spam that was not accepted at once.',
    ...notes,
  ];
  return lines.join('\n');
}

export function formatFaults({ faults, queued }: Report): string {
  const more = faults.length - SHOWN_FAULTS;
  return [
    ...faults.slice(0, SHOWN_FAULTS),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(queued > 0 ? [`${queued} messages were still in the queues of the gateways`] : []),
  ].join('\n');
}

const delayText = (ms: number | null, compression: number): string =>
  ms === null ? '-' : formatDelay(ms * compression);

/** The shares of inbound and outbound in percent. */
function sharesText({ byInbound, byOutbound }: Tally): string {
  const total = byInbound + byOutbound;
  if (total === 0) return '-';
  const inbound = Math.round((100 * byInbound) / total);
  return `${inbound}:${100 - inbound}`;
}

/** For example `0.4s`, `12s`, `7m10s` or `2h05m`. */
export function formatDelay(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

function verdictOf({ passed, rows }: Report): string {
  const sum = (count: (row: Row) => number): number =>
    rows.filter(({ slot }) => slot === 'all').reduce((total, row) => total + count(row), 0);
  const counts =
    `lost ${sum(({ lost }) => lost)}, duplicated ${sum(({ duplicated }) => duplicated)}, ` +
    `altered ${sum(({ altered }) => altered)}`;
  return passed ? `passed: ${counts}` : `FAILED: ${counts}`;
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

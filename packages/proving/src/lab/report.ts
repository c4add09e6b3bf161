/** Formats the results of the lab as a table. Pure. */
import { formatTable } from '../loopback/table.ts';
import type { Row } from './summary.ts';

export interface LabRow extends Row {
  /** The rate of mail from the internet as a multiple of the capacity of inbound. */
  readonly load: number;
}

export function formatLab(rows: readonly LabRow[]): string {
  return formatTable(
    [
      ...['load', 'policy', 'messages', 'lost', 'taken/s', 'outbound', 'put off', 'moving', 'waiting'],
      ...['delay p50', 'p95', 'submission p50', 'p95', 'refusals'],
    ],
    rows.map((row) => [
      ...[String(row.load), row.policy, String(row.messages), String(row.lost)],
      ...[row.perSecond.toFixed(1), percent(row.outboundShare)],
      ...[row.putOff.all, row.putOff.moving, row.putOff.waiting].map(percent),
      ...[minutes(row.putOffMs.p50), minutes(row.putOffMs.p95)],
      ...[milliseconds(row.submissionMs.p50), milliseconds(row.submissionMs.p95)],
      row.refusals.toFixed(2),
    ]),
  );
}

/** The explanation of the columns. */
export const labLegend = [
  'load: mail from the internet, as a multiple of the capacity of inbound. taken/s: messages accepted per second while mail was sent.',
  'outbound: its share of them. put off: messages that needed a later attempt, of all senders, of those that move on to the',
  'other MX when they are refused, and of those that wait and come back. delay: how long those were late. submission: from the',
  'end of a submission to its 250. refusals: connections refused for each message. Spam is brought, and not counted.',
].join('\n');

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;
const milliseconds = (ms: number): string => `${Math.round(ms)} ms`;

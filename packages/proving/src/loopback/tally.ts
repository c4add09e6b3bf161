/** Counts verdicts by recipient, and computes delays in real time. Pure. */
import type { Fate, Verdict } from './ledger.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface Tally {
  readonly recipients: number;
  readonly arrived: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Copies that are explained by a stop. */
  readonly inFlight: number;
  readonly altered: number;
  readonly refused: number;
  readonly bounced: number;
  readonly givenUp: number;
  readonly waiting: number;
  /** Delays of the recipients that arrived; null if none did. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** The number of recipients that each gateway accepted from senders. */
  readonly byInbound: number;
  readonly byOutbound: number;
}

export function tallyOf(verdicts: readonly Verdict[]): Tally {
  const sum = (count: (verdict: Verdict) => number): number =>
    verdicts.reduce((total, verdict) => total + count(verdict), 0);
  const of = (fate: Fate): number => verdicts.filter((verdict) => verdict.fate === fate).length;
  const by = (role: RoleName): number => verdicts.filter((verdict) => verdict.by === role).length;
  const delays = verdicts.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs]));
  return {
    recipients: verdicts.length,
    arrived: of('arrived'),
    lost: of('lost'),
    duplicated: sum(({ duplicates }) => duplicates),
    inFlight: sum(({ inFlight }) => inFlight),
    altered: verdicts.filter(({ altered }) => altered).length,
    refused: of('refused'),
    bounced: of('bounced'),
    givenUp: of('given up'),
    waiting: of('waiting'),
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    byInbound: by('inbound'),
    byOutbound: by('outbound'),
  };
}

/**
 * The nearest-rank percentile: the smallest value such that this fraction of the values does not exceed it.
 * Null if there are no values.
 */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

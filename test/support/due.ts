/** What is due in a spool, of all its lanes together, and when. */
import type { Spool } from '@mailpair/shared/spool/store/spool';
import { dueAt, type Entry } from '@mailpair/shared/platform/values/entry';

type Skip = (id: string) => boolean;

/** Earliest first, as if the queue were one. */
export function dueOf(
  spool: Pick<Spool, 'lanes' | 'due'>,
  now: number,
  limit: number,
  skip: Skip = () => false,
): Entry[] {
  return [...spool.lanes()]
    .flatMap(({ lane }) => [...spool.due(lane, now, limit, { skip }).entries])
    .toSorted((a, b) => dueAt(a) - dueAt(b) || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}

export function nextDueAt(spool: Pick<Spool, 'lanes' | 'due'>, skip: Skip = () => false): number {
  const firstOf = (lane: string): number =>
    spool.due(lane, Infinity, Infinity, { skip }).entries.map(dueAt)[0] ?? Infinity;
  return Math.min(Infinity, ...[...spool.lanes()].map(({ lane }) => firstOf(lane)));
}

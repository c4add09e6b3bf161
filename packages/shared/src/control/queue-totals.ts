/** The queue added up by next hop. */
import type { NextHopNames } from './next-hop-names.ts';
import { dueAt, type Entry } from '../values/entry.ts';
import type { RestState } from '../route/next-hop-rest.ts';

/** Times are ms since the epoch. */
export interface NextHopTotals {
  readonly nextHop: string;
  /** Entries with an open recipient there; one with recipients at two next hops counts at both. */
  readonly entries: number;
  readonly held: number;
  readonly sizeBytes: number;
  /** The entry received first. */
  readonly oldest: { readonly id: string; readonly receivedAt: number };
  /** When the next of its entries is due; null when all are held. */
  readonly dueAt: number | null;
  /** It rests because its hosts could not be reached. */
  readonly rest: RestState | null;
}

type Sum = { -readonly [key in keyof Omit<NextHopTotals, 'rest'>]: NextHopTotals[key] };

export class QueueTotals {
  readonly #sums = new Map<string, Sum>();

  /** Entries come in the order of receipt. */
  add(entry: Entry, nextHops: NextHopNames): void {
    const due = dueAt(entry);
    for (const nextHop of nextHops.ofEntry(entry)) {
      const sum = this.#sums.get(nextHop) ?? startOf(nextHop, entry);
      this.#sums.set(nextHop, sum);
      sum.entries += 1;
      sum.held += entry.held ? 1 : 0;
      sum.sizeBytes += entry.body.sizeBytes;
      if (due !== Infinity) sum.dueAt = Math.min(due, sum.dueAt ?? Infinity);
    }
  }

  /** Most entries first. */
  list(restOf: (nextHop: string) => RestState | undefined): NextHopTotals[] {
    return [...this.#sums.values()]
      .sort((a, b) => b.entries - a.entries)
      .map((sum) => ({ ...sum, rest: restOf(sum.nextHop) ?? null }));
  }
}

const startOf = (nextHop: string, { id, receivedAt }: Entry): Sum => ({
  nextHop,
  entries: 0,
  held: 0,
  sizeBytes: 0,
  oldest: { id, receivedAt },
  dueAt: null,
});

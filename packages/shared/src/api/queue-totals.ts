/** The queue added up by next hop. */
import type { NextHopNames } from './next-hop-names.ts';
import { dueAt, type Entry } from '../platform/values/entry.ts';
import type { QueuePart } from '../spool/store/spool.ts';
import type { RestState } from '../smtp/route/next-hop-rest.ts';

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

  /** @returns how many entries it was */
  add(part: QueuePart, nextHops: NextHopNames): number {
    if ('domain' in part) {
      this.#add(nextHops.ofDomain(part.domain), { ...part, held: 0 });
      return part.entries;
    }
    const { entry } = part;
    const one = {
      entries: 1,
      held: entry.held ? 1 : 0,
      sizeBytes: entry.body.sizeBytes,
      oldest: entry,
      dueAt: dueAt(entry),
    };
    for (const nextHop of nextHops.ofEntry(entry)) this.#add(nextHop, one);
    return 1;
  }

  #add(nextHop: string, part: Summand): void {
    const { id, receivedAt } = part.oldest;
    const sum = this.#sums.get(nextHop) ?? startOf(nextHop, { id, receivedAt });
    this.#sums.set(nextHop, sum);
    sum.entries += part.entries;
    sum.held += part.held;
    sum.sizeBytes += part.sizeBytes;
    if (id < sum.oldest.id) sum.oldest = { id, receivedAt };
    if (part.dueAt !== Infinity) sum.dueAt = Math.min(part.dueAt, sum.dueAt ?? Infinity);
  }

  /** Most entries first. */
  list(restOf: (nextHop: string) => RestState | undefined): NextHopTotals[] {
    return [...this.#sums.values()]
      .sort((a, b) => b.entries - a.entries)
      .map((sum) => ({ ...sum, rest: restOf(sum.nextHop) ?? null }));
  }
}

interface Summand {
  readonly entries: number;
  readonly held: number;
  readonly sizeBytes: number;
  readonly oldest: Entry;
  readonly dueAt: number;
}

const startOf = (nextHop: string, oldest: Sum['oldest']): Sum => ({
  nextHop,
  entries: 0,
  held: 0,
  sizeBytes: 0,
  oldest,
  dueAt: null,
});

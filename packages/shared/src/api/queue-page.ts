/**
 * The queue as the operator reads it: filtered, a page at a time. A page looks at so many entries at most, whether
 * they match or not, so that no question holds up the gateway and none needs memory for the whole queue.
 */
import type { NextHopNames } from './next-hop-names.ts';
import { itemOf, matches, type QueueFilter, type QueueItem } from './queue-item.ts';
import type { Entry } from '../platform/values/entry.ts';
import type { Spool } from '../spool/store/spool.ts';

export interface QueuePage {
  /** By time of receipt. May be fewer than asked for, even none, though more follow. */
  readonly items: readonly QueueItem[];
  /** What to continue `after`; null at the end. */
  readonly next: string | null;
}

export interface PageRequest {
  readonly filter: QueueFilter;
  readonly after?: string;
  /** Items at most. */
  readonly limit: number;
  readonly now: number;
  readonly nextHops: NextHopNames;
}

/** Entries that one page looks at. */
export const PAGE_SCAN = 1_000;

export function readPage(spool: Pick<Spool, 'get' | 'list'>, request: PageRequest): QueuePage {
  const { filter, limit, now, nextHops } = request;
  const { prefix = '' } = filter;
  const items: QueueItem[] = [];
  let seen = 0;
  for (const entry of entriesFrom(spool, prefix, request.after)) {
    if (!entry.id.startsWith(prefix)) break;
    const hops = nextHops.ofEntry(entry);
    if (matches(entry, filter, now, hops)) items.push(itemOf(entry, now, hops));
    seen += 1;
    if (items.length >= limit || seen >= PAGE_SCAN) return { items, next: entry.id };
  }
  return { items, next: null };
}

/** Page after page, each read when it is asked for. */
export async function* eachPage(
  read: (after?: string) => QueuePage | Promise<QueuePage>,
): AsyncIterable<QueuePage> {
  let page = await read();
  yield page;
  while (page.next !== null) {
    page = await read(page.next);
    yield page;
  }
}

function* entriesFrom(
  spool: Pick<Spool, 'get' | 'list'>,
  prefix: string,
  after: string | undefined,
): Iterable<Entry> {
  if (after === undefined && prefix !== '') {
    const exact = spool.get(prefix);
    if (exact) yield exact;
  }
  const from = after !== undefined && after > prefix ? after : prefix;
  yield* from === '' ? spool.list() : spool.list(from);
}

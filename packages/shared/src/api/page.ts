/**
 * A list as the operator reads it: filtered, a page at a time. A page looks at so many entries at most, whether they match or
 * not, so that no question holds up the gateway and none needs memory for the whole list.
 */
import { domainOf, normaliseDomain, recipientKey } from '../platform/values/address.ts';

export interface Page<I> {
  /** By time of receipt. May be fewer than asked for, even none, though more follow. */
  readonly items: readonly I[];
  /** What to continue `after`; null at the end. */
  readonly next: string | null;
}

export interface PageRequest<E, I> {
  /** How ids begin. */
  readonly prefix: string | undefined;
  readonly after: string | undefined;
  /** Items at most. */
  readonly limit: number;
  /** Undefined where it was not asked for. */
  itemOf(entry: E): I | undefined;
}

interface Store<E> {
  get(id: string): E | undefined;
  list(after?: string): Iterable<E>;
}

/** Entries that one page looks at. */
export const PAGE_SCAN = 1_000;

export function readPage<E extends { readonly id: string }, I>(
  store: Store<E>,
  { prefix = '', after, limit, itemOf }: PageRequest<E, I>,
): Page<I> {
  const items: I[] = [];
  let seen = 0;
  for (const entry of entriesFrom(store, prefix, after)) {
    if (!entry.id.startsWith(prefix)) break;
    const item = itemOf(entry);
    if (item !== undefined) items.push(item);
    seen += 1;
    if (items.length >= limit || seen >= PAGE_SCAN) return { items, next: entry.id };
  }
  return { items, next: null };
}

function* entriesFrom<E>(store: Store<E>, prefix: string, after: string | undefined): Iterable<E> {
  const exact = after === undefined && prefix !== '' ? store.get(prefix) : undefined;
  if (exact) yield exact;
  const from = after !== undefined && after > prefix ? after : prefix;
  yield* from === '' ? store.list() : store.list(from);
}

/** Page after page, each read when it is asked for. */
export async function* eachPage<I>(
  read: (after?: string) => Page<I> | Promise<Page<I>>,
): AsyncIterable<Page<I>> {
  let page = await read();
  yield page;
  while (page.next !== null) {
    page = await read(page.next);
    yield page;
  }
}

/** `wanted` is an address or `@domain`. */
export const isAddress = (address: string, wanted: string): boolean =>
  wanted.startsWith('@')
    ? domainOf(address) === normaliseDomain(wanted.slice(1))
    : recipientKey(address) === recipientKey(wanted);

/** `wanted` may be `<>` too, the null reverse-path. */
export const isReversePath = (reversePath: string, wanted: string): boolean =>
  isAddress(reversePath, wanted === '<>' ? '' : wanted);

/**
 * The queue as the operator reads it: filtered, a page at a time. A page looks at so many entries at most, whether
 * they match or not, so that no question holds up the gateway and none needs memory for the whole queue.
 */
import type { NextHopNames } from './next-hop-names.ts';
import { dueAt, isOpen, type Entry, type RecipientState } from '../values/entry.ts';
import type { Spool } from '../queue/spool.ts';
import { domainOf, normaliseDomain, recipientKey } from '../values/address.ts';

/** `held` until the operator releases it; `due` to be attempted; `deferred` until later. */
export type QueueState = 'due' | 'deferred' | 'held';

/** All that is given must match. */
export interface QueueFilter {
  /** The domain of a recipient that is still open, or the name of its next hop. */
  readonly domain?: string;
  /** The reverse-path, `<>` for the null one, or `@domain`. */
  readonly sender?: string;
  /** A recipient that is still open, or `@domain`. */
  readonly recipient?: string;
  readonly state?: QueueState;
  /** Whom it counts for. */
  readonly submitter?: string;
  /** How the id begins. */
  readonly prefix?: string;
}

/** One entry in a list. Times are ms since the epoch. Stable: fields are added, never changed. */
export interface QueueItem {
  readonly id: string;
  readonly receivedAt: number;
  readonly expiresAt: number;
  /** '' is the null reverse-path. */
  readonly reversePath: string;
  readonly sizeBytes: number;
  readonly state: QueueState;
  /** Why it was held when it came; null when it is not, or was held by hand. */
  readonly heldFor: string | null;
  /** When the next attempt is due; null while held. */
  readonly dueAt: number | null;
  /** The most that one of `recipients` has had. */
  readonly attempts: number;
  /** The latest answer that one of `recipients` was given; null before the first attempt. */
  readonly last: RecipientState['last'] | null;
  /** Those still to be relayed. */
  readonly recipients: readonly string[];
  /** Where they are to be relayed to. */
  readonly nextHops: readonly string[];
}

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
    if (matches(entry, filter, now, nextHops)) items.push(itemOf(entry, now, nextHops));
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

export function stateOf(entry: Entry, now: number): QueueState {
  if (entry.held) return 'held';
  return dueAt(entry) <= now ? 'due' : 'deferred';
}

export function itemOf(entry: Entry, now: number, nextHops: NextHopNames): QueueItem {
  const open = entry.recipients.filter(isOpen);
  const due = dueAt(entry);
  return {
    id: entry.id,
    receivedAt: entry.receivedAt,
    expiresAt: entry.expiresAt,
    reversePath: entry.reversePath,
    sizeBytes: entry.body.sizeBytes,
    state: stateOf(entry, now),
    heldFor: entry.heldFor ?? null,
    dueAt: due === Infinity ? null : due,
    attempts: open.reduce((most, { attempts }) => Math.max(most, attempts), 0),
    last: latest(open),
    recipients: open.map(({ address }) => address),
    nextHops: nextHops.ofEntry(entry),
  };
}

const latest = (recipients: readonly RecipientState[]): QueueItem['last'] =>
  recipients.reduce<QueueItem['last']>(
    (found, { last }) => (last && (!found || last.at > found.at) ? last : found),
    null,
  );

/** Whether a recipient belongs to a domain or next hop. */
export const belongsTo = ({ address }: RecipientState, domain: string, nextHops: NextHopNames): boolean =>
  domainOf(address) === normaliseDomain(domain) || nextHops.nameOf(address) === domain;

function matches(entry: Entry, filter: QueueFilter, now: number, nextHops: NextHopNames): boolean {
  const { domain, sender, recipient, state, submitter } = filter;
  const open = (test: (recipient: RecipientState) => boolean): boolean =>
    entry.recipients.some((candidate) => isOpen(candidate) && test(candidate));
  if (state !== undefined && stateOf(entry, now) !== state) return false;
  if (submitter !== undefined && entry.origin.submitter !== submitter) return false;
  if (sender !== undefined && !isAddress(entry.reversePath, sender === '<>' ? '' : sender)) return false;
  if (recipient !== undefined && !open(({ address }) => isAddress(address, recipient))) return false;
  return domain === undefined || open((candidate) => belongsTo(candidate, domain, nextHops));
}

/** `wanted` is an address or `@domain`. */
const isAddress = (address: string, wanted: string): boolean =>
  wanted.startsWith('@')
    ? domainOf(address) === normaliseDomain(wanted.slice(1))
    : recipientKey(address) === recipientKey(wanted);

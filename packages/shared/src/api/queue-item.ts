/** An entry of the queue as the operator sees it in a list, and whether he asked for it. */
import { isAddress, isReversePath } from './page.ts';
import { domainOf, normaliseDomain } from '../platform/values/address.ts';
import { dueAt, isOpen, type Entry, type RecipientState } from '../platform/values/entry.ts';

/** `held` until the operator releases it; `due` to be attempted; `deferred` until later. */
export type QueueState = 'due' | 'deferred' | 'held';

/** All that is given must match. */
export interface QueueFilter {
  /** The domain of a recipient that is still open, or the name of its next hop. */
  readonly domain?: string | undefined;
  /** The reverse-path, `<>` for the null one, or `@domain`. */
  readonly sender?: string | undefined;
  /** A recipient that is still open, or `@domain`. */
  readonly recipient?: string | undefined;
  readonly state?: QueueState | undefined;
  /** Whom it counts for. */
  readonly submitter?: string | undefined;
  /** How the id begins. */
  readonly prefix?: string | undefined;
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

export function stateOf(entry: Entry, now: number): QueueState {
  if (entry.held) return 'held';
  return dueAt(entry) <= now ? 'due' : 'deferred';
}

export function itemOf(entry: Entry, now: number, nextHops: readonly string[]): QueueItem {
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
    nextHops,
  };
}

const latest = (recipients: readonly RecipientState[]): QueueItem['last'] =>
  recipients.reduce<QueueItem['last']>(
    (found, { last }) => (last && (!found || last.at > found.at) ? last : found),
    null,
  );

/** `nextHops` are those of the entry. */
export function matches(
  entry: Entry,
  filter: QueueFilter,
  now: number,
  nextHops: readonly string[],
): boolean {
  const { domain, sender, recipient, state, submitter, prefix = '' } = filter;
  const open = (test: (recipient: RecipientState) => boolean): boolean =>
    entry.recipients.some((candidate) => isOpen(candidate) && test(candidate));
  if (!entry.id.startsWith(prefix)) return false;
  if (state !== undefined && stateOf(entry, now) !== state) return false;
  if (submitter !== undefined && entry.origin.submitter !== submitter) return false;
  if (sender !== undefined && !isReversePath(entry.reversePath, sender)) return false;
  if (recipient !== undefined && !open(({ address }) => isAddress(address, recipient))) return false;
  if (domain === undefined || nextHops.includes(domain)) return true;
  const wanted = normaliseDomain(domain);
  return open(({ address }) => domainOf(address) === wanted);
}

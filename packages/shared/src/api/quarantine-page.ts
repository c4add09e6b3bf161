/** The quarantine as the operator reads it: filtered, a page at a time, each looking at a bounded number of messages. */
import type { Quarantine } from '../gateway/quarantine/quarantining.ts';
import { domainOf, normaliseDomain, recipientKey } from '../platform/values/address.ts';
import type { Quarantined } from '../platform/values/quarantined.ts';

/** All that is given must match. */
export interface QuarantineFilter {
  /** A recipient it is kept from, or `@domain`. */
  readonly recipient?: string | undefined;
  /** The reverse-path, `<>` for the null one, or `@domain`. */
  readonly sender?: string | undefined;
  /** How the id begins. */
  readonly prefix?: string | undefined;
}

/** One message in a list. Times are ms since the epoch. Stable: fields are added, never changed. */
export interface QuarantineItem {
  readonly id: string;
  readonly receivedAt: number;
  readonly expiresAt: number;
  readonly sizeBytes: number;
  readonly client: string;
  /** '' is the null reverse-path. */
  readonly reversePath: string;
  readonly from: string;
  readonly subject: string;
  readonly messageId: string;
  /** Those it is kept from. */
  readonly recipients: readonly {
    readonly address: string;
    readonly reason: string;
    readonly score: number;
  }[];
}

export interface QuarantinePage {
  /** By time of receipt. May be fewer than asked for, even none, though more follow. */
  readonly items: readonly QuarantineItem[];
  /** What to continue `after`; null at the end. */
  readonly next: string | null;
}

/** Messages that one page looks at. */
const PAGE_SCAN = 1_000;

export function readQuarantinePage(
  quarantine: Pick<Quarantine, 'get' | 'list'>,
  filter: QuarantineFilter,
  limit: number,
  after?: string,
): QuarantinePage {
  const { prefix = '' } = filter;
  const items: QuarantineItem[] = [];
  let seen = 0;
  for (const entry of entriesFrom(quarantine, prefix, after)) {
    if (!entry.id.startsWith(prefix)) break;
    if (matches(entry, filter)) items.push(itemOf(entry));
    seen += 1;
    if (items.length >= limit || seen >= PAGE_SCAN) return { items, next: entry.id };
  }
  return { items, next: null };
}

function* entriesFrom(
  quarantine: Pick<Quarantine, 'get' | 'list'>,
  prefix: string,
  after: string | undefined,
): Iterable<Quarantined> {
  const exact = after === undefined && prefix !== '' ? quarantine.get(prefix) : undefined;
  if (exact) yield exact;
  const from = after !== undefined && after > prefix ? after : prefix;
  yield* from === '' ? quarantine.list() : quarantine.list(from);
}

function matches({ reversePath, recipients }: Quarantined, { recipient, sender }: QuarantineFilter): boolean {
  if (sender !== undefined && !isAddress(reversePath, sender === '<>' ? '' : sender)) return false;
  return recipient === undefined || recipients.some(({ address }) => isAddress(address, recipient));
}

/** `wanted` is an address or `@domain`. */
export const isAddress = (address: string, wanted: string): boolean =>
  wanted.startsWith('@')
    ? domainOf(address) === normaliseDomain(wanted.slice(1))
    : recipientKey(address) === recipientKey(wanted);

export const itemOf = (entry: Quarantined): QuarantineItem => ({
  id: entry.id,
  receivedAt: entry.receivedAt,
  expiresAt: entry.expiresAt,
  sizeBytes: entry.body.sizeBytes,
  client: entry.origin.client,
  reversePath: entry.reversePath,
  from: entry.kept.from,
  subject: entry.kept.subject,
  messageId: entry.kept.messageId,
  recipients: entry.recipients.map(({ address }) => ({
    address,
    reason: entry.kept.reasons[address]?.reason ?? '',
    score: entry.kept.reasons[address]?.score ?? 0,
  })),
});

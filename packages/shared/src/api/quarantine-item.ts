/** A message in quarantine as the operator sees it in a list, and whether he asked for it. Pure. */
import { isAddress, isReversePath } from './page.ts';
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

export function matches(
  { reversePath, recipients }: Quarantined,
  { recipient, sender }: QuarantineFilter,
): boolean {
  if (sender !== undefined && !isReversePath(reversePath, sender)) return false;
  return recipient === undefined || recipients.some(({ address }) => isAddress(address, recipient));
}

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

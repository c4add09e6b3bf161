/** What a sender is to be told about some recipients of one message: the input of a DSN (RFC 3464). */
import type { RecipientState } from '../../platform/values/entry.ts';
import { isPermanent } from '../../platform/values/reply.ts';

/** The Action of a DSN (RFC 3464 §2.3.3), as far as a gateway gives them. */
export type NoticeKind = 'failed' | 'delayed' | 'relayed';

export interface Notice {
  readonly kind: NoticeKind;
  /** At least one. */
  readonly recipients: readonly RecipientState[];
}

/** Whether a bounced recipient ran out of time: settlement bounces on nothing else without a permanent reply. */
export const hasExpired = ({ last }: RecipientState): boolean => !(last && isPermanent(last.reply));

/**
 * The status code (RFC 3463) of a recipient in a notice: the reply's own where it fits the kind, else the
 * unspecific one of the right class. Expiry is 4.4.7, which RFC 3463 §3.5 knows only as a transient failure.
 */
export function statusCodeOf(kind: NoticeKind, recipient: RecipientState): string {
  if (kind === 'failed' && hasExpired(recipient)) return '4.4.7';
  const statusClass = { failed: '5', delayed: '4', relayed: '2' }[kind];
  const enhanced = recipient.last?.reply.enhanced ?? '';
  return enhanced.startsWith(`${statusClass}.`) ? enhanced : `${statusClass}.0.0`;
}

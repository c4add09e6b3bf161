/**
 * One message in the queue: its envelope with a state per recipient, and what is needed to send it.
 * The body is kept beside it and found by the entry's id.
 */
import type { Notify } from './envelope.ts';
import type { Reply } from './reply.ts';

export type RecipientStatus = 'queued' | 'relayed' | 'bounced';

export interface RecipientState {
  readonly address: string;
  readonly notify?: readonly Notify[];
  readonly orcpt?: string;
  readonly status: RecipientStatus;
  /** Attempts made so far. */
  readonly attempts: number;
  /** When the next attempt may be made, ms since the epoch. Without meaning once relayed or bounced. */
  readonly dueAt: number;
  /** What the last attempt was answered, by whom and when. */
  readonly last?: { readonly reply: Reply; readonly host?: string; readonly at: number };
  /** A delay warning has been sent (RFC 3461 §4.1, DELAY). */
  readonly warned?: boolean;
}

export interface Entry {
  /** Sorts by time of receipt; unique on this host. */
  readonly id: string;
  readonly receivedAt: number;
  readonly expiresAt: number;
  readonly reversePath: string;
  readonly recipients: readonly RecipientState[];
  readonly eightBit: boolean;
  readonly smtpUtf8: boolean;
  readonly requireTls: boolean;
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
  /** Header fields that go before the body when it is sent, each ending in CRLF. */
  readonly head: string;
  readonly body: { readonly sizeBytes: number; readonly sha256: string; readonly eightBit: boolean };
  /** How it came in, for `why`, `trace` and DSNs. `listener` is '' for a message of our own (a DSN). */
  readonly origin: {
    readonly session: string;
    readonly listener: string;
    readonly client: string;
    readonly helo: string;
    readonly user?: string;
    /** Who it counts for (platform/values/submitter.ts); absent for mail from the internet and of our own. */
    readonly submitter?: string;
  };
  /** No attempts until released by the operator. */
  readonly held?: boolean;
  /** Why it was held when it came; absent when the operator held it by hand. */
  readonly heldFor?: string;
}

export const isOpen = (recipient: RecipientState): boolean => recipient.status === 'queued';

/** The entry let go, to be attempted at a time. It has as long from then on as it had when it came. */
export function released({ heldFor: _, ...entry }: Entry, dueAt: number): Entry {
  return {
    ...entry,
    held: false,
    expiresAt: Math.max(entry.expiresAt, dueAt + entry.expiresAt - entry.receivedAt),
    recipients: entry.recipients.map((recipient) =>
      isOpen(recipient) ? { ...recipient, dueAt } : recipient,
    ),
  };
}

/** When the entry's next attempt is due: the earliest of its open recipients; Infinity when none is open or it is held. */
export function dueAt(entry: Entry): number {
  if (entry.held) return Infinity;
  let due = Infinity;
  for (const recipient of entry.recipients)
    if (isOpen(recipient) && recipient.dueAt < due) due = recipient.dueAt;
  return due;
}

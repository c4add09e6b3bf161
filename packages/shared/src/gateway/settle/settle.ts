/**
 * Settlement: what one attempt changes in an entry, and whom it gives cause to notify. Pure.
 *
 * Guarantees:
 * - each recipient is afterwards queued, relayed or bounced; one that was final stays exactly as it was;
 * - a bounce rests on a permanent reply, or on expiry after an attempt that failed elsewhere. A fault of this host
 *   is neither: the recipient stays queued past expiry, until an attempt says something about it;
 * - no notice for a null reverse-path (RFC 5321 §4.5.5) or against the recipient's NOTIFY (RFC 3461 §4.1), and of what strangers
 *   sent none of a delay.
 *
 * The notices must be on disk as messages of their own before `next` is stored: said twice is better than never.
 */
import type { Entry, RecipientState } from '../../platform/values/entry.ts';
import type { Settings } from '../../config/settings.ts';
import type { Notify } from '../../platform/values/envelope.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { isPermanent } from '../../platform/values/reply.ts';
import type { Notice, NoticeKind } from './notice.ts';

export interface Attempt {
  readonly entry: Entry;
  /** One per recipient tried; of several for one recipient the last counts. */
  readonly outcomes: readonly Outcome[];
  readonly now: number;
  /** When the next attempt may be made after `attempts` of them, ms since the epoch. */
  readonly retryAt: (attempts: number) => number;
  /** Whether the next hop that relayed promised to notify in our stead (it offered DSN, RFC 3461 §5.2.1). */
  readonly takesDsn: (outcome: Outcome) => boolean;
  readonly queue: Pick<Settings['queue'], 'warnAfterMs'>;
}

export interface Settlement {
  /** The entry to store, or null to remove it: every recipient is final. */
  readonly next: Entry | null;
  /** Bounced by this attempt, whether or not anyone is told. */
  readonly bounced: readonly RecipientState[];
  /** A delay warning is due for them. */
  readonly delayed: readonly RecipientState[];
  /** Relayed by this attempt to a host that will not confirm it, though the sender asked (RFC 3461 §5.2.2). */
  readonly relayed: readonly RecipientState[];
  readonly notices: readonly Notice[];
}

export function settleAttempt(attempt: Attempt): Settlement {
  const { entry, outcomes, takesDsn } = attempt;
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.recipient, outcome]));
  const bounced: RecipientState[] = [];
  const delayed: RecipientState[] = [];
  const relayed: RecipientState[] = [];

  const recipients = entry.recipients.map((before) => {
    if (before.status !== 'queued') return before;
    const outcome = outcomeOf.get(before.address);
    const tried = outcome ? settleRecipient(before, outcome, attempt) : before;
    const warns = isWarningDue(tried, attempt);
    const after = warns ? { ...tried, warned: true } : tried;

    if (warns) delayed.push(after);
    if (after.status === 'bounced') bounced.push(after);
    if (after.status === 'relayed' && outcome && wantsReceipt(after, entry) && !takesDsn(outcome))
      relayed.push(after);
    return after;
  });

  const open = recipients.some(({ status }) => status === 'queued');
  const failed = bounced.filter((recipient) => wantsFailure(recipient, entry));
  return {
    next: open ? { ...entry, recipients } : null,
    bounced,
    delayed,
    relayed,
    notices: [...notice('failed', failed), ...notice('delayed', delayed), ...notice('relayed', relayed)],
  };
}

function settleRecipient(recipient: RecipientState, outcome: Outcome, attempt: Attempt): RecipientState {
  const { entry, now, retryAt } = attempt;
  const { kind, reply, host } = outcome;
  const attempts = recipient.attempts + 1;
  const tried = { ...recipient, attempts, last: { reply, at: now, ...(host === undefined ? {} : { host }) } };

  if (kind === 'relayed') return { ...tried, status: 'relayed' };
  if (kind === 'bounced' && isPermanent(reply)) return { ...tried, status: 'bounced' };
  const expired = now >= entry.expiresAt;
  if (expired && !isOurFault(outcome)) return { ...tried, status: 'bounced' };
  // The last attempt is made at expiry, not a whole pause after it.
  return { ...tried, dueAt: expired ? retryAt(attempts) : Math.min(retryAt(attempts), entry.expiresAt) };
}

/** Nobody else replied, and our own reply speaks of this host: its fault or its full disk (RFC 3463 §3.4). */
const isOurFault = ({ host, reply }: Outcome): boolean =>
  host === undefined && (reply.enhanced === '4.3.0' || reply.enhanced === '4.3.1');

function isWarningDue(recipient: RecipientState, { entry, now, queue }: Attempt): boolean {
  const late = now - entry.receivedAt >= queue.warnAfterMs;
  return (
    late &&
    recipient.status === 'queued' &&
    !recipient.warned &&
    notifies(recipient, entry, 'delay', isSubmitted(entry))
  );
}

/** A stranger's reverse-path may be forged: a delay of its mail is reported to nobody. */
const isSubmitted = ({ origin }: Entry): boolean => origin.submitter !== undefined;

const wantsFailure = (recipient: RecipientState, entry: Entry): boolean =>
  notifies(recipient, entry, 'failure', true);

const wantsReceipt = (recipient: RecipientState, entry: Entry): boolean =>
  notifies(recipient, entry, 'success', false);

/** Whether the sender wants to hear of `event`; `unasked` is the answer when NOTIFY was not given (RFC 3461 §4.1). */
const notifies = (
  { notify }: RecipientState,
  { reversePath }: Entry,
  event: Notify,
  unasked: boolean,
): boolean => reversePath !== '' && (notify ? notify.includes(event) : unasked);

const notice = (kind: NoticeKind, recipients: readonly RecipientState[]): readonly Notice[] =>
  recipients.length > 0 ? [{ kind, recipients }] : [];

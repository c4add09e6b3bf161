/**
 * route → send → settle for one entry: its groups are attempted side by side, and what each is answered is on disk as soon as it is
 * known. What goes wrong on our side puts off what is still open.
 */
import { DamagedEntryError, type Spool } from '../../spool/store/spool.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Body } from '../../platform/values/body.ts';
import { isOpen, type Entry, type RecipientState } from '../../platform/values/entry.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Attempts, Group } from './attempt.ts';
import type { Claim } from './entry-claims.ts';
import type { createSettling } from './settling.ts';

export interface EntryAttemptParts {
  readonly spool: Pick<Spool, 'body'>;
  readonly attempts: Pick<Attempts, 'attempt'>;
  readonly settle: ReturnType<typeof createSettling>;
  /** Asked before each transaction. */
  mayBegin(): boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface EntryAttempts {
  /**
   * @param body where it is at hand; else the spool has it
   * @param left called when a group's next hop has said what it had to say
   */
  attempt(
    claim: Claim,
    entry: Entry,
    groups: readonly Group<RecipientState>[],
    left: () => void,
    body?: Body,
  ): Promise<void>;
  /** Reading, attempting or settling went wrong on our side: what is still open is tried again later. */
  postpone(claim: Claim, error: unknown): Promise<void>;
}

/** What went wrong on our side is tried again no sooner. */
export const FAULT_PAUSE_MS = 30_000;

export function createEntryAttempts(parts: EntryAttemptParts): EntryAttempts {
  const { spool, attempts, settle, clock, log } = parts;
  const manner = { mayBegin: () => parts.mayBegin() };

  async function attemptGroup(
    claim: Claim,
    entry: Entry,
    { route, recipients }: Group<RecipientState>,
    body: Body,
    left: () => void,
  ): Promise<void> {
    const all = await attempts.attempt(route, { ...entry, recipients, body }, manner);
    const outcomes = all.filter(({ reply }) => reply !== replies.notBegun);
    left();
    if (outcomes.length === 0) return;
    if (failpoints) await failpoints.pass('dispatch.attempted');
    await settle(claim, { route, outcomes, body });
  }

  async function postpone(claim: Claim, error: unknown): Promise<void> {
    log.error('attempt.fault', { id: claim.id, err: error });
    const later = clock.now() + FAULT_PAUSE_MS;
    await claim
      .change((entry) => ({
        ...entry,
        recipients: entry.recipients.map((recipient) =>
          isOpen(recipient) ? { ...recipient, dueAt: Math.max(recipient.dueAt, later) } : recipient,
        ),
      }))
      .catch(() => undefined); // the writer said so
  }

  return {
    async attempt(claim, entry, groups, left, given) {
      try {
        const body = given ?? (await spool.body(entry));
        await all(groups.map((group) => attemptGroup(claim, entry, group, body, left)));
      } catch (error) {
        // The spool has set a damaged entry aside and said so; of a removed one nothing is left to try.
        if (!(error instanceof DamagedEntryError) && claim.entry) await postpone(claim, error);
      }
    },
    postpone,
  };
}

/** Resolves when all have ended, and rejects then if one did. Nearly always there is one. */
async function all(attempts: readonly Promise<void>[]): Promise<void> {
  if (attempts.length === 1) return attempts[0];
  for (const result of await Promise.allSettled(attempts))
    if (result.status === 'rejected') throw result.reason;
}

/**
 * queue → route → send → settle: what a gateway does with the messages it has on disk.
 *
 * Each open recipient's outcome is on disk before its next attempt begins, and a notice to the sender is on disk
 * before the message it is about is let go. No entry is attempted twice at a time. At most `MAX_ACTIVE` are being
 * attempted, with at most `MAX_BODY_BYTES` of bodies in memory; the rest wait in the spool, where turns.ts says what comes
 * next. New mail of those who have little under way is attempted at once even when there is no room. Nothing is begun while
 * outcomes cannot be written down (state-writer.ts).
 */
import { destinationOf, type Attempts, type Group } from './attempt.ts';
import { EntryClaims, type Claim } from './entry-claims.ts';
import { dueAt, isOpen, type Entry, type RecipientState } from './values/entry.ts';
import { DamagedEntryError, type Spool } from './queue/spool.ts';
import { createSettling, type SettlingParts } from './settling.ts';
import { StateWriter } from './state-writer.ts';
import { failpoints } from './system/failpoint.ts';
import { Turns, type Turn } from './turns.ts';
import type { Body } from './values/body.ts';
import type { Outcome } from './values/outcome.ts';
import { replies } from './values/reply.ts';

export interface DispatcherParts extends Omit<SettlingParts, 'queued'> {
  readonly spool: Spool;
  readonly attempts: Attempts;
}

export interface Dispatcher {
  /** An entry that has just been added to the spool: attempted at once if there is room, else from the spool. */
  offer(entry: Entry, body: Body): void;
  /** Applies outcomes that were learnt elsewhere to an entry that has just been added. */
  settle(entry: Entry, outcomes: readonly Outcome[], body: Body): void;
  /** An entry in the spool may be due earlier than was known. */
  wake(entry: Entry): void;
  /**
   * Changes an entry, also while it is being attempted. `null` removes it.
   * @returns the entry as it was, or undefined when there is none
   */
  change(id: string, how: (entry: Entry) => Entry | null): Promise<Entry | undefined>;
  /** Begins with what is due in the spool. */
  start(): void;
  /** Attempts under way. */
  readonly active: number;
  isActive(id: string): boolean;
  /**
   * When the first entry was due that waits for its turn; `all` counts those too that wait for their next hop, or are due
   * later. Infinity when there is none.
   */
  oldestDueAt(all: boolean): number;
  /** Begins no more attempts; resolves when those under way are settled. */
  close(): Promise<void>;
}

const MAX_ACTIVE = 1_000;
/** Octets of bodies in memory for entries being attempted, whether they came from the intake or from the spool. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Larger bodies are files, of which no more than this is in memory, or in memory that is counted elsewhere. */
const MOST_OF_A_BODY = 256 * 1024;
/** Of a submitter with fewer attempts than this, new mail is attempted though there is no room … */
const FEW = 10;
/** … up to this many in all. */
const MAX_ACTIVE_OF_ALL = MAX_ACTIVE * 1.25;
/** How often the spool is looked at though nothing is known to be due: the system's clock may have jumped. */
const MAX_WAIT_MS = 60_000;
const JUMP_MS = 1000;
/** The next hop of an entry that has several. */
const SEVERAL = '*';
const FAULT_PAUSE_MS = 30_000;

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { spool, attempts, clock, log } = parts;
  const attempting = new Set<string>();
  const states = new StateWriter({ ...parts, goOn: () => pump() });
  const mayBegin = (): boolean => !states.isHeldUp;
  const claims = new EntryClaims({
    store: (id, entry) => states.write(id, entry),
    released: (entry) => entry && note(entry),
  });
  const settle = createSettling({ ...parts, queued: note });
  const turns = new Turns({
    ...parts,
    hasRoom: () => hasRoom(),
    isClaimed: claims.has,
    begin: (entry) => begin(entry),
  });
  let bodyBytes = 0;
  /** More is due in the spool than there was room for. */
  let backlog = false;
  let stopped = true;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Infinity;

  // -- which entries, when

  const hasRoom = (share = 1): boolean =>
    attempting.size < MAX_ACTIVE * share && bodyBytes < MAX_BODY_BYTES * share && !states.isHeldUp;

  function pump(): void {
    if (stopped) return;
    backlog = !hasRoom(0.5);
    if (backlog) return;
    try {
      turns.look();
      backlog = turns.hasMore;
      arm(turns.nextAt);
    } catch (error) {
      log.error('spool.fault', { err: error, fix: 'the spool cannot be read: check its disk' });
      arm(clock.now() + FAULT_PAUSE_MS);
    }
  }

  /** An entry that nobody is at work on is due some time. */
  function note(entry: Entry): void {
    const at = dueAt(entry);
    turns.note(entry, at);
    arm(at);
  }

  /** Whether a new entry may be attempted at once. */
  function isWelcome({ hop, submitter }: Turn): boolean {
    if (!turns.hasRoomAt(hop)) return false;
    if (hasRoom()) return true;
    if (submitter === undefined || turns.activeOf(submitter) >= FEW || states.isHeldUp) return false;
    return attempting.size < MAX_ACTIVE_OF_ALL && bodyBytes < MAX_BODY_BYTES * 1.25;
  }

  function arm(at: number): void {
    const now = clock.now();
    // Of a timer that should have come long ago the clock has jumped ahead.
    if (stopped || (at >= timerAt && timerAt > now - JUMP_MS)) return;
    clearTimeout(timer);
    timerAt = Math.min(at, timerAt);
    const wait = Math.min(Math.max(timerAt - now, 0), MAX_WAIT_MS);
    timer = setTimeout(() => {
      timerAt = Infinity;
      pump();
    }, wait).unref();
  }

  /** What is due of an entry, by route. */
  function groupsOf({ recipients }: Entry): Group<RecipientState>[] {
    const now = clock.now();
    return attempts.groups(recipients.filter((recipient) => isOpen(recipient) && recipient.dueAt <= now));
  }

  function turnOf({ origin }: Entry, groups: readonly Group<RecipientState>[], isNew: boolean): Turn {
    const hop = groups.length === 1 ? destinationOf(groups[0]!.route) : SEVERAL;
    return { hop, submitter: origin.submitter, isNew };
  }

  function begin(
    entry: Entry,
    groups = groupsOf(entry),
    turn = turnOf(entry, groups, false),
    given?: Body,
  ): void {
    const bytes = Math.min(entry.body.sizeBytes, MOST_OF_A_BODY);
    bodyBytes += bytes;
    attempting.add(entry.id);
    turns.begin(turn);
    const claim = claims.claim(entry.id, () => entry)!;
    // A file is gone when its session ends; the spool has it too.
    given?.loan?.hold();
    void run(claim, entry, groups, turn, given?.chunks ? given : undefined).finally(() => {
      given?.loan?.letGo();
      bodyBytes -= bytes;
      attempting.delete(entry.id);
      claim.release();
      if (turns.end(turn) || backlog) pump();
    });
  }

  // -- one attempt

  async function run(
    claim: Claim,
    entry: Entry,
    groups: Group<RecipientState>[],
    turn: Turn,
    given?: Body,
  ): Promise<void> {
    const left = groups.length === 1 ? () => turns.left(turn) && pump() : () => undefined;
    try {
      const body = given ?? (await spool.body(entry));
      const done = await Promise.allSettled(
        groups.map((group) => attemptGroup(claim, entry, group, body, left)),
      );
      for (const result of done) if (result.status === 'rejected') throw result.reason;
    } catch (error) {
      // The spool has set a damaged entry aside and said so; of a removed one nothing is left to try.
      if (!(error instanceof DamagedEntryError) && claim.entry) await postpone(claim, error);
    }
  }

  async function attemptGroup(
    claim: Claim,
    entry: Entry,
    { route, recipients }: Group<RecipientState>,
    body: Body,
    left: () => void,
  ): Promise<void> {
    const all = await attempts.attempt(route, { ...entry, recipients, body }, { mayBegin });
    const outcomes = all.filter(({ reply }) => reply !== replies.notBegun);
    left();
    if (outcomes.length === 0) return;
    if (failpoints) await failpoints.pass('dispatch.attempted');
    await settle(claim, { route, outcomes, body });
  }

  /** Reading, attempting or settling went wrong on our side: what is still open is tried again later. */
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
    offer(entry, body) {
      if (claims.has(entry.id)) return; // found in the spool before its adder got round to offering it
      if (!stopped) {
        const groups = groupsOf(entry);
        const turn = turnOf(entry, groups, true);
        if (isWelcome(turn)) return begin(entry, groups, turn, body);
      }
      note(entry);
    },
    settle(entry, outcomes, body) {
      if (outcomes.length === 0) {
        note(entry);
        return;
      }
      const claim = claims.claim(entry.id, () => entry)!;
      const given = body.chunks ? Promise.resolve(body) : spool.body(entry);
      body.loan?.hold();
      void given
        .then((stored) => settle(claim, { route: null, outcomes, body: stored }))
        .catch((error: unknown) => postpone(claim, error))
        .finally(() => {
          body.loan?.letGo();
          claim.release();
        });
    },
    wake: note,
    change: (id, how) => claims.change(id, () => spool.get(id), how),
    start() {
      stopped = false;
      states.start();
      turns.start();
      pump();
    },
    get active() {
      return attempting.size;
    },
    isActive: (id) => attempting.has(id),
    oldestDueAt: (all) => turns.oldestDueAt(all),
    async close() {
      stopped = true;
      states.stop();
      clearTimeout(timer);
      await claims.idle();
    },
  };
}

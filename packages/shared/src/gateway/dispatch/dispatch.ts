/**
 * queue → route → send → settle: what a gateway does with the messages it has on disk.
 *
 * Each open recipient's outcome is on disk before its next attempt begins, and a notice to the sender is on disk
 * before the message it is about is let go. No entry is attempted twice at a time. So many are being attempted as there is
 * room for (attempt-room.ts); the rest wait in the spool, where turns.ts says what comes next. New mail of those who have
 * little under way is attempted at once even when there is no room. Nothing is begun while outcomes cannot be written down
 * (state-writer.ts).
 */
import type { Spool } from '../../spool/store/spool.ts';
import { Alarm } from '../../platform/time/alarm.ts';
import type { Body } from '../../platform/values/body.ts';
import { dueAt, isOpen, type Entry, type RecipientState } from '../../platform/values/entry.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { createEntryAttempts, FAULT_PAUSE_MS } from './attempt-entry.ts';
import { AttemptRoom } from './attempt-room.ts';
import { destinationOf, type Attempts, type Group } from './attempt.ts';
import { EntryClaims } from './entry-claims.ts';
import { createSettling, type SettlingParts } from './settling.ts';
import { StateWriter } from './state-writer.ts';
import { Turns, type Turn } from './turns.ts';

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

/** Of a submitter with fewer attempts than this, new mail is attempted though there is no room … */
const FEW = 10;
/** … up to so much. */
const ROOM_FOR_FEW = 1.25;
/** The next hop of an entry that has several. */
const SEVERAL = '*';

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { spool, attempts, clock, log } = parts;
  const room = new AttemptRoom();
  const states = new StateWriter({ ...parts, goOn: () => pump() });
  const claims = new EntryClaims({
    store: (id, entry) => states.write(id, entry),
    released: (entry) => entry && note(entry),
  });
  const settle = createSettling({ ...parts, queued: note });
  const entryAttempts = createEntryAttempts({ ...parts, settle, mayBegin: () => !states.isHeldUp });
  const turns = new Turns({
    ...parts,
    hasRoom: () => hasRoom(),
    isClaimed: claims.has,
    begin: (entry) => begin(entry),
  });
  const alarm = new Alarm(clock, pump);
  /** More is due in the spool than there was room for. */
  let backlog = false;
  let stopped = true;

  const hasRoom = (share = 1): boolean => room.has(share) && !states.isHeldUp;

  const arm = (at: number): void => {
    if (!stopped) alarm.set(at);
  };

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
    return submitter !== undefined && turns.activeOf(submitter) < FEW && hasRoom(ROOM_FOR_FEW);
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
    room.take(entry);
    turns.begin(turn);
    const claim = claims.claim(entry.id, () => entry)!;
    // A file is gone when its session ends; the spool has it too.
    given?.loan?.hold();
    const left = groups.length === 1 ? () => turns.left(turn) && pump() : () => undefined;
    const ended = (): void => {
      given?.loan?.letGo();
      room.giveBack(entry);
      claim.release();
      if (turns.end(turn) || backlog) pump();
    };
    void entryAttempts.attempt(claim, entry, groups, left, given?.chunks ? given : undefined).then(ended);
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
        .catch((error: unknown) => entryAttempts.postpone(claim, error))
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
      return room.entries;
    },
    isActive: (id) => room.isTaken(id),
    oldestDueAt: (all) => turns.oldestDueAt(all),
    async close() {
      stopped = true;
      states.stop();
      alarm.clear();
      await claims.idle();
    },
  };
}

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
import { createEntryAttempts, FAULT_PAUSE_MS, type EntryAttempts } from './attempt-entry.ts';
import { AttemptRoom } from './attempt-room.ts';
import { destinationOf, type Attempts, type Group } from './attempt.ts';
import { EntryClaims, type Claim } from './entry-claims.ts';
import { createSettling, type SettlingParts } from './settling.ts';
import { StateWriter } from './state-writer.ts';
import { Turns, type Turn } from './turns.ts';

export interface DispatcherParts extends Omit<SettlingParts, 'queued'> {
  readonly spool: Spool;
  readonly attempts: Attempts;
}

/** Of a submitter with fewer attempts than this, new mail is attempted though there is no room … */
const FEW = 10;
/** … up to so much. */
const ROOM_FOR_FEW = 1.25;
/** The next hop of an entry that has several. */
const SEVERAL = '*';

export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #room = new AttemptRoom();
  readonly #states: StateWriter;
  readonly #claims: EntryClaims;
  readonly #settle: ReturnType<typeof createSettling>;
  readonly #entryAttempts: EntryAttempts;
  readonly #turns: Turns;
  readonly #alarm: Alarm;
  /** More is due in the spool than there was room for. */
  #backlog = false;
  #stopped = true;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#states = new StateWriter({ ...parts, goOn: () => this.#pump() });
    this.#claims = new EntryClaims({
      store: (id, entry) => this.#states.write(id, entry),
      released: (entry) => entry && this.wake(entry),
    });
    this.#settle = createSettling({ ...parts, queued: (dsn) => this.wake(dsn) });
    this.#entryAttempts = createEntryAttempts({
      ...parts,
      settle: this.#settle,
      mayBegin: () => !this.#states.isHeldUp,
    });
    this.#turns = new Turns({
      ...parts,
      hasRoom: () => this.#hasRoom(),
      isClaimed: this.#claims.has,
      begin: (entry) => this.#begin(entry),
    });
    this.#alarm = new Alarm(parts.clock, () => this.#pump());
  }

  /** Begins with what is due in the spool. */
  start(): void {
    this.#stopped = false;
    this.#states.start();
    this.#turns.start();
    this.#pump();
  }

  /** An entry that has just been added to the spool: attempted at once if there is room, else from the spool. */
  offer(entry: Entry, body: Body): void {
    if (this.#claims.has(entry.id)) return; // found in the spool before its adder got round to offering it
    if (!this.#stopped) {
      const groups = this.#groupsOf(entry);
      const turn = turnOf(entry, groups, true);
      if (this.#isWelcome(turn)) return this.#begin(entry, groups, turn, body);
    }
    this.wake(entry);
  }

  /** Applies outcomes that were learnt elsewhere to an entry that has just been added. */
  settle(entry: Entry, outcomes: readonly Outcome[], body: Body): void {
    if (outcomes.length === 0) return this.wake(entry);
    const claim = this.#claims.claim(entry.id, () => entry)!;
    const given = body.chunks ? Promise.resolve(body) : this.#parts.spool.body(entry);
    body.loan?.hold();
    void given
      .then((stored) => this.#settle(claim, { route: null, outcomes, body: stored }))
      .catch((error: unknown) => this.#entryAttempts.postpone(claim, error))
      .finally(() => {
        body.loan?.letGo();
        claim.release();
      });
  }

  /** An entry in the spool that nobody is at work on may be due earlier than was known. */
  wake(entry: Entry): void {
    const at = dueAt(entry);
    this.#turns.note(entry, at);
    this.#arm(at);
  }

  /**
   * Changes an entry, also while it is being attempted. `null` removes it.
   * @returns the entry as it was, or undefined when there is none
   */
  change(id: string, how: (entry: Entry) => Entry | null): Promise<Entry | undefined> {
    return this.#claims.change(id, () => this.#parts.spool.get(id), how);
  }

  /** Attempts under way. */
  get active(): number {
    return this.#room.entries;
  }

  isActive(id: string): boolean {
    return this.#room.isTaken(id);
  }

  /**
   * When the first entry was due that waits for its turn; `all` counts those too that wait for their next hop, or are due
   * later. Infinity when there is none.
   */
  oldestDueAt(all: boolean): number {
    return this.#turns.oldestDueAt(all);
  }

  /** Begins no more attempts; resolves when those under way are settled. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#states.stop();
    this.#alarm.clear();
    await this.#claims.idle();
  }

  /** Begins what is due as far as there is room, and looks again when there may be more. */
  #pump(): void {
    if (this.#stopped) return;
    this.#backlog = !this.#hasRoom(0.5);
    if (this.#backlog) return;
    try {
      this.#turns.look();
      this.#backlog = this.#turns.hasMore;
      this.#arm(this.#turns.nextAt);
    } catch (error) {
      const { clock, log } = this.#parts;
      log.error('spool.fault', { err: error, fix: 'the spool cannot be read: check its disk' });
      this.#arm(clock.now() + FAULT_PAUSE_MS);
    }
  }

  #arm(at: number): void {
    if (!this.#stopped) this.#alarm.set(at);
  }

  #hasRoom(share = 1): boolean {
    return this.#room.has(share) && !this.#states.isHeldUp;
  }

  /** Whether a new entry may be attempted at once. */
  #isWelcome({ hop, submitter }: Turn): boolean {
    if (!this.#turns.hasRoomAt(hop)) return false;
    if (this.#hasRoom()) return true;
    return submitter !== undefined && this.#turns.activeOf(submitter) < FEW && this.#hasRoom(ROOM_FOR_FEW);
  }

  /** What is due of an entry, by route. */
  #groupsOf({ recipients }: Entry): Group<RecipientState>[] {
    const { attempts, clock } = this.#parts;
    const now = clock.now();
    return attempts.groups(recipients.filter((recipient) => isOpen(recipient) && recipient.dueAt <= now));
  }

  #begin(
    entry: Entry,
    groups = this.#groupsOf(entry),
    turn = turnOf(entry, groups, false),
    given?: Body,
  ): void {
    this.#room.take(entry);
    this.#turns.begin(turn);
    const claim = this.#claims.claim(entry.id, () => entry)!;
    // A file is gone when its session ends; the spool has it too.
    given?.loan?.hold();
    const left = groups.length === 1 ? () => this.#turns.left(turn) && this.#pump() : () => undefined;
    const body = given?.chunks ? given : undefined;
    void this.#entryAttempts
      .attempt(claim, entry, groups, left, body)
      .then(() => this.#ended(entry, turn, claim, given));
  }

  #ended(entry: Entry, turn: Turn, claim: Claim, given?: Body): void {
    given?.loan?.letGo();
    this.#room.giveBack(entry);
    claim.release();
    if (this.#turns.end(turn) || this.#backlog) this.#pump();
  }
}

function turnOf({ origin }: Entry, groups: readonly Group<RecipientState>[], isNew: boolean): Turn {
  const hop = groups.length === 1 ? destinationOf(groups[0]!.route) : SEVERAL;
  return { hop, submitter: origin.submitter, isNew };
}

/**
 * Which entries in the spool are attempted next. Submitters take turns, then the lanes of each, oldest first within a lane.
 * A lane is not read while its next hop rests, or has as many attempts as it can use, or its submitter has its share.
 * While a next hop rests nothing is due there, with one exception: entries that have waited for long are looked at, slowly,
 * for their senders may have to be told.
 */
import { LaneSchedule, type Lane } from '../../spool/schedule/lane-schedule.ts';
import type { Due, LaneStart, Spool } from '../../spool/store/spool.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { Entry } from '../../platform/values/entry.ts';
import type { Attempts, Outlook } from './attempt.ts';
import { FairShares } from './fair-shares.ts';

export interface TurnsParts {
  settings(): { readonly send: Pick<Settings['send'], 'connectionsPerHop'> };
  readonly spool: Pick<Spool, 'lanes' | 'laneOf' | 'due' | 'isOverstretched'>;
  readonly attempts: Pick<Attempts, 'outlook'>;
  readonly clock: Clock;
  /** Whether one more can be attempted. */
  hasRoom(): boolean;
  /** Being attempted or changed. */
  isClaimed(id: string): boolean;
  begin(entry: Entry): void;
}

/** Whose an attempt is. */
export interface Turn {
  readonly hop: string;
  readonly submitter: string | undefined;
  /** The body came with the message: it did not wait in the spool. */
  readonly isNew: boolean;
  /** Its next hop has said what it had to say. */
  hasLeft?: boolean;
}

/** Attempts of one submitter. */
const SHARE = 250;
/** Attempts of new mail at one next hop. */
const HOP_SHARE = 500;
/** Attempts at one next hop for each session that it may have: some are on their way to or from the disk. */
const PER_SESSION = 4;
/** Entries of a lane before it is another's turn. */
const PER_TURN = 8;
/** Overdue by so much, an entry is looked at though its next hop rests … */
const LATE_MS = 15 * 60_000;
/** … so many in so much time, of all next hops. */
const LATE_TOGETHER = 50;
const LATE_EVERY_MS = 250;
/** A lane that waits for its next hop is looked at anyway. */
const LOOK_MS = 60_000;
/** How often all lanes on disk are gone through, for what nobody told of, and how many at a time. */
const SURVEY_MS = 10 * 60_000;
const SURVEY_TOGETHER = 200;
const SURVEY_ON_MS = 20;
/** How soon an overstretched spool is looked at again, should no attempt end before. */
const READ_ON_MS = 10;

const several: Outlook = { destination: '*', restsUntil: 0, isDoubtful: false, hosts: Infinity };

export class Turns {
  readonly #parts: TurnsParts;
  readonly #schedule = new LaneSchedule();
  readonly #submitters = new FairShares();
  readonly #hops = new FairShares();
  readonly #newAtHops = new FairShares();
  #lateAt = 0;
  #lateLeft = 0;
  #survey: Iterator<LaneStart> | undefined;
  #surveyAt = Infinity;
  /** When to look again because the spool was overstretched. */
  #readOnAt = Infinity;

  constructor(parts: TurnsParts) {
    this.#parts = parts;
  }

  /** From now on learns what is in the spool, a part with each look. */
  start(): void {
    this.#surveyAt = this.#parts.clock.now();
  }

  /** An entry in the spool that nobody is at work on is due then. */
  note(entry: Entry, dueAt: number): void {
    if (dueAt === Infinity) return;
    const lane = this.#parts.spool.laneOf(entry);
    if (lane !== undefined) this.#schedule.note(lane, dueAt);
  }

  begin({ hop, submitter, isNew }: Turn): void {
    (isNew ? this.#newAtHops : this.#hops).begin(hop);
    if (submitter !== undefined) this.#submitters.begin(submitter);
  }

  /** The attempt is over, though not what has to be written of it. @returns whether a lane is to be looked at for it */
  left(turn: Turn): boolean {
    if (turn.hasLeft) return false;
    turn.hasLeft = true;
    const { hop, isNew } = turn;
    (isNew ? this.#newAtHops : this.#hops).end(hop);
    if (!this.#schedule.waitsFor(hop)) return false;
    const most = this.#mostAt(1);
    const room = most - this.#hops.activeOf(hop);
    if (room < most / 2) return false;
    this.#schedule.freed(hop, room);
    return true;
  }

  /** @returns whether a lane is to be looked at because of it */
  end(turn: Turn): boolean {
    if (turn.submitter !== undefined) this.#submitters.end(turn.submitter);
    return this.left(turn);
  }

  activeOf = (submitter: string): number => this.#submitters.activeOf(submitter);

  /** Whether new mail may be attempted at once: where others wait for the next hop, it has no more than they have. */
  hasRoomAt(hop: string): boolean {
    const most = this.#schedule.waitsFor(hop) ? this.#mostAt(1) : HOP_SHARE;
    return this.#newAtHops.activeOf(hop) < most;
  }

  /** Begins with what is due, as far as there is room. */
  look(): void {
    const now = this.#parts.clock.now();
    this.#readOnAt = Infinity;
    if (now >= this.#surveyAt) this.#goThrough(now);
    while (this.#parts.hasRoom()) {
      if (this.#parts.spool.isOverstretched) {
        this.#readOnAt = now + READ_ON_MS;
        return;
      }
      const lane = this.#schedule.next(now, this.#mayGo);
      if (!lane) return;
      this.#readOn(lane, now);
    }
  }

  /** Something is due that there was no room for. */
  get hasMore(): boolean {
    return this.#schedule.hasReady;
  }

  /** When to look again though no attempt ends. */
  get nextAt(): number {
    return Math.min(this.#schedule.nextAt, this.#surveyAt, this.#readOnAt);
  }

  /** When the first was due of those that wait for us, or (`all`) for their next hop or time. */
  oldestDueAt(all: boolean): number {
    return this.#schedule.oldestDueAt(all);
  }

  readonly #mayGo = (submitter: string): boolean =>
    submitter === '' || this.#submitters.activeOf(submitter) <= SHARE - PER_TURN;

  #goThrough(now: number): void {
    this.#survey ??= this.#parts.spool.lanes()[Symbol.iterator]();
    this.#surveyAt = now + SURVEY_ON_MS;
    try {
      for (let count = 0; count < SURVEY_TOGETHER && !this.#parts.spool.isOverstretched; count += 1) {
        const next = this.#survey.next();
        if (!next.done) this.#schedule.note(next.value.lane, next.value.dueAt);
        else {
          this.#survey = undefined;
          this.#surveyAt = now + SURVEY_MS;
          return;
        }
      }
    } catch (error) {
      this.#survey = undefined;
      throw error;
    }
  }

  #mostAt(hosts: number): number {
    return hosts * this.#parts.settings().send.connectionsPerHop * PER_SESSION;
  }

  #readOn(lane: Lane, now: number): void {
    const { domain } = lane;
    const outlook = domain === undefined ? several : this.#parts.attempts.outlook(domain);
    const count = this.#roomFor(lane, outlook, now);
    if (count <= 0) return;
    const { after, name } = lane;
    let read: Due;
    try {
      read = this.#parts.spool.due(name, now, count, { after, skip: this.#parts.isClaimed });
    } catch (error) {
      this.#schedule.again(lane);
      throw error;
    }
    const { entries, last, nextDueAt } = read;
    const begun = this.#beginAll(entries);
    if (begun && nextDueAt > now) return this.#schedule.later(lane, nextDueAt);
    lane.dueAt = Math.min(nextDueAt, now);
    if (begun) lane.after = last;
    this.#schedule.again(lane);
  }

  /** @returns false when there was no room for all */
  #beginAll(entries: readonly Entry[]): boolean {
    for (const entry of entries) {
      if (!this.#parts.hasRoom()) return false;
      this.#parts.begin(entry);
    }
    return true;
  }

  /** How many of a lane may be begun; when none, it waits. */
  #roomFor(lane: Lane, { destination, restsUntil, isDoubtful, hosts }: Outlook, now: number): number {
    if (restsUntil > now) {
      const lateAt = lane.dueAt + LATE_MS;
      const count = now < lateAt ? 0 : this.#takeLate(now);
      const lookAt = now < lateAt ? Math.min(restsUntil, lateAt) : this.#lateAt;
      if (count === 0) this.#schedule.wait(lane, destination, lookAt);
      return count;
    }
    const most = isDoubtful ? 1 : this.#mostAt(hosts);
    const room = Math.min(most - this.#hops.activeOf(destination), PER_TURN);
    if (room <= 0) this.#schedule.wait(lane, destination, now + LOOK_MS);
    return room;
  }

  #takeLate(now: number): number {
    if (now >= this.#lateAt) {
      this.#lateAt = now + LATE_EVERY_MS;
      this.#lateLeft = LATE_TOGETHER;
    }
    const count = Math.min(this.#lateLeft, PER_TURN);
    this.#lateLeft -= count;
    return count;
  }
}

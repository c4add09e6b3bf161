/**
 * The operator's hand on submitters: who they are, what they have sent, and what of it is held. Everything is done in
 * pages with turns between them and one sync for many entries, so that thousands are let go or dropped in seconds, in little
 * memory, while mail goes on.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Spool } from '../spool/store/spool.ts';
import type { Ledger } from '../directory/submitters/ledger.ts';
import { noCounts } from '../directory/submitters/usage.ts';
import type { Clock } from '../platform/time/clock.ts';
import { released, type Entry } from '../platform/values/entry.ts';
import type { SubmitterState } from '../platform/values/submitter.ts';

/** What waits in the queue because its submitter, or the message, is held. */
export interface Waiting {
  readonly entries: number;
  readonly sizeBytes: number;
  /** When the oldest of them was received; null when there is none. */
  readonly oldestAt: number | null;
}

export interface SubmitterView extends SubmitterState {
  readonly waiting: Waiting;
}

export interface SubmitterControlParts {
  readonly ledger: Ledger;
  readonly spool: Pick<Spool, 'list' | 'held'>;
  change(id: string, how: (entry: Entry) => Entry | null): Promise<Entry | undefined>;
  readonly clock: Clock;
}

/** Entries looked at in one turn, and changed with one sync. */
const PAGE = 500;
const MINUTE_MS = 60_000;

export class SubmitterControl {
  readonly #parts: SubmitterControlParts;

  constructor(parts: SubmitterControlParts) {
    this.#parts = parts;
  }

  /** Those that have sent within a day, that are held, or whose mail is held. */
  async list(): Promise<SubmitterView[]> {
    const sums = new Sums();
    await this.#waiting((entry, name) => sums.add(entry, name));
    const known = new Map(this.#parts.ledger.list().map((state) => [state.name, state]));
    for (const name of sums.names())
      if (!known.has(name)) known.set(name, this.#parts.ledger.get(name) ?? this.#strangerOf(name));
    return [...known.values()].map((state) => ({ ...state, waiting: sums.of(state.name) }));
  }

  /** Holds its mail from now on, and what of it is in the queue. @returns entries of the queue that are held now */
  async hold(name: string) {
    this.#parts.ledger.hold(name, BY_HAND);
    let held = 0;
    await this.#changeEach(
      name,
      (after) => this.#parts.spool.list(after),
      (entry) => !entry.held,
      (entry) => {
        held += 1;
        return { ...entry, held: true, heldFor: BY_HAND };
      },
    );
    return { held };
  }

  /**
   * It may send again, counted from nothing. The messages that were held for it are attempted at a limited rate per minute.
   * What was held by `queue hold` stays. `lastAt`: when the last of them is due.
   */
  async release(name: string, perMinute: number) {
    this.#parts.ledger.release(name);
    const from = this.#parts.clock.now();
    let count = 0;
    let lastAt = null as number | null;
    await this.#changeEach(
      name,
      (after) => this.#parts.spool.held(after),
      isWaiting,
      (entry) => {
        lastAt = from + Math.floor((count * MINUTE_MS) / perMinute);
        count += 1;
        return released(entry, lastAt);
      },
    );
    return { released: count, lastAt };
  }

  /** Drops its held messages without a notice. The submitter stays held. */
  async purge(name: string) {
    let removed = 0;
    let sizeBytes = 0;
    await this.#changeEach(
      name,
      (after) => this.#parts.spool.held(after),
      isWaiting,
      (entry) => {
        removed += 1;
        sizeBytes += entry.body.sizeBytes;
        return null;
      },
    );
    return { removed, sizeBytes };
  }

  async show(name: string): Promise<SubmitterView | undefined> {
    const sums = new Sums();
    await this.#waiting((entry, of) => of === name && sums.add(entry, of));
    const state = this.#parts.ledger.get(name) ?? (sums.has(name) ? this.#strangerOf(name) : undefined);
    return state && { ...state, waiting: sums.of(name) };
  }

  /** Entries that are held for what they are or whose they are, not by hand one by one. */
  async #waiting(count: (entry: Entry, name: string) => void): Promise<void> {
    for await (const page of pagesOf((after) => this.#parts.spool.held(after)))
      for (const entry of page) {
        const name = entry.origin.submitter;
        if (name !== undefined && entry.heldFor !== undefined) count(entry, name);
      }
  }

  /** Changes each entry of the submitter that is wanted, many at a time. */
  async #changeEach(
    name: string,
    read: (after?: string) => Iterable<Entry>,
    isWanted: (entry: Entry) => boolean,
    how: (entry: Entry) => Entry | null,
  ): Promise<void> {
    for await (const page of pagesOf(read)) {
      const wanted = page.filter((entry) => entry.origin.submitter === name && isWanted(entry));
      await Promise.all(
        wanted.map(({ id }) => this.#parts.change(id, (entry) => (isWanted(entry) ? how(entry) : entry))),
      );
    }
  }

  #strangerOf(name: string): SubmitterState {
    return {
      name,
      counts: noCounts,
      limits: this.#parts.ledger.limitsOf(name),
      held: null,
      lastAt: 0,
    };
  }
}

const BY_HAND = 'held with its submitter by the operator';

const isWaiting = ({ held, heldFor }: Entry): boolean => held === true && heldFor !== undefined;

async function* pagesOf(read: (after?: string) => Iterable<Entry>): AsyncIterable<readonly Entry[]> {
  let after: string | undefined;
  for (;;) {
    const page: Entry[] = [];
    for (const entry of read(after)) if (page.push(entry) >= PAGE) break;
    yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.id;
    await nextTurn();
  }
}

class Sums {
  readonly #of = new Map<string, { entries: number; sizeBytes: number; oldestAt: number }>();

  /** Entries come by time of receipt. */
  add({ receivedAt, body }: Entry, name: string): void {
    const sum = this.#of.get(name) ?? { entries: 0, sizeBytes: 0, oldestAt: receivedAt };
    sum.entries += 1;
    sum.sizeBytes += body.sizeBytes;
    this.#of.set(name, sum);
  }

  has = (name: string): boolean => this.#of.has(name);
  names = (): Iterable<string> => this.#of.keys();
  of = (name: string): Waiting => this.#of.get(name) ?? { entries: 0, sizeBytes: 0, oldestAt: null };
}

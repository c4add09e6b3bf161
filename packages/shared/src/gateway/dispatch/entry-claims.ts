/**
 * Who is at work on which entries, so that an attempt and the operator never overwrite each other's changes.
 *
 * While an entry is claimed its state is in memory, the same as on disk. Its changes are made one after the other,
 * each stored before the next begins; one that fails leaves the state as it was and does not stop those after it.
 */
import { PassingMap } from '../../platform/maps/passing-map.ts';
import type { Entry } from '../../platform/values/entry.ts';

/** What becomes of an entry; null removes it. */
type Change = (entry: Entry) => Entry | null | Promise<Entry | null>;

export interface Claim {
  readonly id: string;
  /** As stored last; null once removed. */
  readonly entry: Entry | null;
  /**
   * Stores what `how` makes of the entry. Of one that was removed nothing happens.
   * @returns the entry before the change
   */
  change(how: Change): Promise<Entry | undefined>;
  release(): void;
}

export interface ClaimsParts {
  /** Resolves when the state is on disk. */
  store(id: string, entry: Entry | null): Promise<void>;
  /** Nobody is at work on the entry any more. */
  released(entry: Entry | null): void;
}

export class EntryClaims {
  readonly #works = new PassingMap<Work>();
  readonly #ground: WorkGround;
  #whenIdle: (() => void)[] = [];

  constructor({ store, released }: ClaimsParts) {
    const left = ({ id, entry }: Work): void => {
      this.#works.delete(id);
      released(entry);
      if (this.#works.size === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    };
    this.#ground = { store, left };
  }

  has = (id: string): boolean => this.#works.has(id);

  /** Joins those who are at work on the entry already; their state counts, `stored` is looked at only by the first. */
  claim(id: string, stored: () => Entry | undefined): Claim | undefined {
    let work = this.#works.get(id);
    if (!work) {
      const entry = stored();
      if (!entry) return undefined;
      this.#works.set(id, (work = new Work(id, entry, this.#ground)));
    }
    work.join();
    return work;
  }

  /** One change by one who has no claim. */
  async change(
    id: string,
    stored: () => Entry | undefined,
    how: (entry: Entry) => Entry | null,
  ): Promise<Entry | undefined> {
    const claim = this.claim(id, stored);
    try {
      return await claim?.change(how);
    } finally {
      claim?.release();
    }
  }

  /** Resolves when nothing is claimed. */
  async idle(): Promise<void> {
    if (this.#works.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }
}

interface WorkGround extends Pick<ClaimsParts, 'store'> {
  /** Nobody has a claim any more. */
  left(work: Work): void;
}

/** The work on one entry: what all have in their hands who claim it. */
class Work implements Claim {
  readonly id: string;
  entry: Entry | null;
  readonly #ground: WorkGround;
  #claims = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(id: string, entry: Entry, ground: WorkGround) {
    this.id = id;
    this.entry = entry;
    this.#ground = ground;
  }

  join(): void {
    this.#claims += 1;
  }

  change(how: Change): Promise<Entry | undefined> {
    const change = this.#last.then(() => this.#store(how));
    this.#last = change.catch(() => undefined);
    return change;
  }

  async #store(how: Change): Promise<Entry | undefined> {
    const before = this.entry;
    if (!before) return undefined;
    const after = await how(before);
    await this.#ground.store(this.id, after);
    this.entry = after;
    return before;
  }

  release(): void {
    this.#claims -= 1;
    if (this.#claims === 0) this.#ground.left(this);
  }
}

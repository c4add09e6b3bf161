/**
 * Who is at work on which entries, so that an attempt and the operator never overwrite each other's changes.
 *
 * While an entry is claimed its state is in memory, the same as on disk. Its changes are made one after the other,
 * each stored before the next begins; one that fails leaves the state as it was and does not stop those after it.
 */
import { PassingMap } from './system/passing-map.ts';
import type { Entry } from './values/entry.ts';

export interface Claim {
  readonly id: string;
  /** As stored last; null once removed. */
  readonly entry: Entry | null;
  /**
   * Stores what `how` makes of the entry; null removes it. Of an entry that was removed nothing happens.
   * @returns the entry before the change
   */
  change(how: (entry: Entry) => Entry | null | Promise<Entry | null>): Promise<Entry | undefined>;
  release(): void;
}

export interface ClaimsParts {
  /** Resolves when the state is on disk. */
  store(id: string, entry: Entry | null): Promise<void>;
  /** Nobody is at work on the entry any more. */
  released(entry: Entry | null): void;
}

interface Work {
  entry: Entry | null;
  claims: number;
  last: Promise<unknown>;
}

export class EntryClaims {
  readonly #parts: ClaimsParts;
  readonly #works = new PassingMap<Work>();
  #whenIdle: (() => void)[] = [];

  constructor(parts: ClaimsParts) {
    this.#parts = parts;
  }

  has = (id: string): boolean => this.#works.has(id);

  /** Joins those who are at work on the entry already; their state counts, `stored` is looked at only by the first. */
  claim(id: string, stored: () => Entry | undefined): Claim | undefined {
    let work = this.#works.get(id);
    if (!work) {
      const entry = stored();
      if (!entry) return undefined;
      this.#works.set(id, (work = { entry, claims: 0, last: Promise.resolve() }));
    }
    work.claims += 1;
    return this.#claimOf(id, work);
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

  #claimOf(id: string, work: Work): Claim {
    return {
      id,
      get entry() {
        return work.entry;
      },
      change: (how) => {
        const change = work.last.then(async () => {
          const before = work.entry;
          if (!before) return undefined;
          const after = await how(before);
          await this.#parts.store(id, after);
          work.entry = after;
          return before;
        });
        work.last = change.catch(() => undefined);
        return change;
      },
      release: () => {
        work.claims -= 1;
        if (work.claims > 0) return;
        this.#works.delete(id);
        this.#parts.released(work.entry);
        if (this.#works.size === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
      },
    };
  }

  /** Resolves when nothing is claimed. */
  async idle(): Promise<void> {
    if (this.#works.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }
}

/**
 * When the hash of a password is computed. Hashes run in libuv's thread pool, which the spool needs as well, so only a few run
 * at a time and the others wait. The queue is bounded, for strangers and for clients that signed in before apart: strangers,
 * however many, neither take the places of the others nor the last of the hashes at a time. Neither side waits for ever. Pure
 * bookkeeping; it starts what it is given.
 */

export interface HashLimits {
  /** Hashes that are computed at the same time. */
  readonly atATime: number;
  /** Places to wait, for each side. */
  readonly strangers: number;
  readonly known: number;
}

/** So many of the known are served in a row while a stranger waits. */
const KNOWN_IN_A_ROW = 4;

export class HashQueue {
  /** Hashes that are being computed, and the most there ever were. */
  running = 0;
  most = 0;
  readonly #limits: HashLimits;
  readonly #known = new Map<object, (itsTurn: boolean) => void>();
  readonly #strangers = new Map<object, (itsTurn: boolean) => void>();
  #strangersRunning = 0;
  #knownInARow = 0;

  constructor(limits: HashLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#known.size + this.#strangers.size;
  }

  /**
   * Computes when the turn has come.
   * @param owner has one place at a time
   * @returns `full` when there is no place, `gone` when the owner was dropped before its turn
   */
  async run<T>(owner: object, isKnown: boolean, compute: () => Promise<T>): Promise<T | 'full' | 'gone'> {
    const side = isKnown ? this.#known : this.#strangers;
    if (side.size >= this.#limits[isKnown ? 'known' : 'strangers']) return 'full';
    const itsTurn = await new Promise<boolean>((resolve) => {
      side.set(owner, resolve);
      this.#startNext();
    });
    if (!itsTurn) return 'gone';
    try {
      return await compute();
    } finally {
      this.running -= 1;
      if (!isKnown) this.#strangersRunning -= 1;
      this.#startNext();
    }
  }

  /** The client has gone: nothing is computed for it any more, unless that has begun. */
  drop(owner: object): void {
    for (const side of [this.#known, this.#strangers]) {
      const resolve = side.get(owner);
      side.delete(owner);
      resolve?.(false);
    }
  }

  #startNext(): void {
    for (let side = this.#nextSide(); side !== null; side = this.#nextSide()) {
      const [owner, resolve] = side.entries().next().value!;
      side.delete(owner);
      this.running += 1;
      this.most = Math.max(this.most, this.running);
      if (side === this.#strangers) this.#strangersRunning += 1;
      this.#knownInARow = side === this.#known ? this.#knownInARow + 1 : 0;
      resolve(true);
    }
  }

  #nextSide(): Map<object, (itsTurn: boolean) => void> | null {
    const { atATime } = this.#limits;
    if (this.running >= atATime) return null;
    const mayStranger = this.#strangers.size > 0 && this.#strangersRunning < Math.max(1, atATime - 1);
    if (mayStranger && (this.#known.size === 0 || this.#knownInARow >= KNOWN_IN_A_ROW))
      return this.#strangers;
    return this.#known.size > 0 ? this.#known : null;
  }
}

/** Lets one event of each kind pass in an interval, and counts those that are held back, so that a flood fills no log. */
export class Throttle<Kind> {
  readonly #everyMs: number;
  /** A clock that cannot jump. */
  readonly #now: () => number;
  readonly #passed = new Map<Kind, { at: number; heldBack: number }>();

  constructor(everyMs: number, now: () => number = () => performance.now()) {
    this.#everyMs = everyMs;
    this.#now = now;
  }

  /** @returns how many were held back since the last one that passed; undefined if this one is held back */
  pass(kind: Kind): number | undefined {
    const now = this.#now();
    const last = this.#passed.get(kind);
    if (last && now - last.at < this.#everyMs) {
      last.heldBack += 1;
      return undefined;
    }
    this.#passed.set(kind, { at: now, heldBack: 0 });
    return last?.heldBack ?? 0;
  }
}

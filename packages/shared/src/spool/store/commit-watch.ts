/** How long commits take: the slowest since it was asked last, one that is still under way included. */
export class CommitWatch {
  readonly #now: () => number;
  #startedAt: number | undefined;
  #slowestMs = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Commits come one after the other. */
  async watch(commit: () => Promise<void>): Promise<void> {
    this.#startedAt = this.#now();
    try {
      await commit();
    } finally {
      this.#slowestMs = Math.max(this.#slowestMs, this.#now() - this.#startedAt);
      this.#startedAt = undefined;
    }
  }

  takeSlowestMs(): number {
    const underWay = this.#startedAt === undefined ? 0 : this.#now() - this.#startedAt;
    const slowest = Math.max(this.#slowestMs, underWay);
    this.#slowestMs = 0;
    return slowest;
  }
}

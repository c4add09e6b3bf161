/**
 * The looks of load balancers at a gateway that is about to close its listeners: whether any balancer looks at all, and
 * when each has seen often enough that the gateway drains. Pure.
 *
 * A balancer that asks for several of its backends asks once for each of them in every interval, from one address. So as
 * many looks as it made within two intervals show each of its backends the answer twice.
 */

/** A balancer that has not asked for so long is not waited for. */
export const WATCHED_MS = 10_000;
/** Two intervals of the agent checks that `mailpair balancer haproxy` prints. */
const TWO_INTERVALS_MS = 4_000;
const FEWEST = 2;

export class Looks {
  /** When each address asked within the last 10 s. */
  readonly #byAddress = new Map<string, number[]>();
  /** Looks that each address still has to take; null until that is asked. */
  #missing: Map<string, number> | null = null;

  note(address: string, now: number): void {
    const times = this.#byAddress.get(address) ?? [];
    this.#byAddress.set(address, [...times.filter((at) => at > now - WATCHED_MS), now]);
    const missing = this.#missing?.get(address);
    if (missing === undefined) return;
    if (missing > 1) this.#missing!.set(address, missing - 1);
    else this.#missing!.delete(address);
  }

  /** A balancer asked within the last 10 s. */
  isWatched(now: number): boolean {
    return [...this.#byAddress.values()].some((times) => (times.at(-1) ?? -Infinity) > now - WATCHED_MS);
  }

  /** From now on each look shows the balancer that the gateway drains. */
  beginDrain(now: number): void {
    this.#missing = new Map();
    for (const [address, times] of this.#byAddress) {
      if ((times.at(-1) ?? -Infinity) <= now - WATCHED_MS) continue;
      const latest = times.filter((at) => at > now - TWO_INTERVALS_MS).length;
      this.#missing.set(address, Math.max(FEWEST, latest));
    }
  }

  /** Every balancer that looks has seen it twice. */
  get haveSeen(): boolean {
    return this.#missing?.size === 0;
  }
}

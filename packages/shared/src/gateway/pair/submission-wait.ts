/**
 * How long mail of submitters waits for this gateway itself: from the moment it is judged until it is on disk. That is signing, two
 * syncs at most, and several turns of the event loop, so it grows when the process or the disk has too much to do. What submitters or
 * engines take is not in it.
 *
 * The median of the last five seconds, which a single slow commit does not move.
 */
import type { Clock } from '../../platform/time/clock.ts';

const RECENT_MS = 5_000;
const MOST = 500;

export class SubmissionWait {
  readonly #clock: Clock;
  #waits: { readonly at: number; readonly ms: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(ms: number): void {
    this.#waits.push({ at: this.#clock.now(), ms: Math.max(0, ms) });
    if (this.#waits.length > MOST) this.#waits.shift();
  }

  /** 0 when nothing was submitted lately. */
  medianMs(): number {
    const since = this.#clock.now() - RECENT_MS;
    this.#waits = this.#waits.filter(({ at }) => at >= since);
    const sorted = this.#waits.map(({ ms }) => ms).sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  }
}

/**
 * Rings at the earliest of the times that it is set to, by the time of day, at the latest a minute after it was set: the clock may
 * have jumped back meanwhile. That it jumped ahead shows when it is set the next time.
 */
import type { Clock } from './clock.ts';

const MAX_WAIT_MS = 60_000;
const JUMP_MS = 1000;

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Infinity;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  set(at: number): void {
    const now = this.#clock.now();
    // Of a timer that should have come long ago the clock has jumped ahead.
    if (at >= this.#at && this.#at > now - JUMP_MS) return;
    clearTimeout(this.#timer);
    this.#at = Math.min(at, this.#at);
    const wait = Math.min(Math.max(this.#at - now, 0), MAX_WAIT_MS);
    this.#timer = setTimeout(() => {
      this.#at = Infinity;
      this.#ring();
    }, wait).unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#at = Infinity;
  }
}

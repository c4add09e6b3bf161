/**
 * When a change of the door is logged. A load near a threshold may change it every second, so each state is logged at once the first
 * time, and then once a minute at most. A state that lasts is always told in the end, so the last line tells how the door is.
 */
import type { Door } from './admission.ts';

const EVERY_MS = 60_000;

export class DoorNews {
  #told: Door = 'open';
  #seen: Door = 'open';
  #changes = 0;
  readonly #toldAt = new Map<Door, number>();
  /** A clock that cannot jump. */
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** To be called often. @returns how often the door changed since it was told last; undefined when there is nothing to tell */
  look(door: Door): number | undefined {
    if (door !== this.#seen) this.#changes += 1;
    this.#seen = door;
    const now = this.#now();
    if (door === this.#told || now - (this.#toldAt.get(door) ?? -Infinity) < EVERY_MS) return undefined;
    const changes = this.#changes;
    this.#told = door;
    this.#toldAt.set(door, now);
    this.#changes = 0;
    return changes;
  }
}

/**
 * How many clients are served at a time. Pure.
 *
 * Each session that is served makes the others slower, and beyond some number only that: the work done per second grows no more,
 * and submitters feel it most. That number depends on the host, on the checks and on the mail, so it is found by measurement: while
 * the strain is above its goal the limit falls in proportion, and otherwise it grows by a few percent as long as it is reached.
 */
import type { AdmissionRules } from './admission.ts';
import { reachOf, type Ranked } from './shed-order.ts';

/** Share of the limit by which it falls for a strain that is too high by 1. It is adapted twice a second. */
const GAIN = 0.5;
/** It grows by this, and by a part of one so that a small limit grows too. */
const GROWTH = 1.03;
const STEP = 0.25;
/** A limit is reached when this share of its places is taken. */
const REACHED = 0.8;
const LEAST = 2;
export class ServiceLimit {
  readonly #most: () => number;
  #limit = Infinity;

  /** @param most sessions that are allowed */
  constructor(most: () => number) {
    this.#most = most;
  }

  /** How many clients are served when this one still finds a place. */
  placesFor(client: Ranked): number {
    return this.#places * reachOf(client).places;
  }

  /**
   * After each measurement.
   * @param strain what grows with the work under way, averaged; 1 is all there is
   * @param served clients that are served now
   */
  adapt(strain: number, served: number, rules: AdmissionRules): void {
    const excess = strain - goalOf(rules);
    if (excess > 0) this.#set(Math.min(this.#places, served) * (1 - GAIN * Math.min(excess, 1)));
    else if (served >= this.#places * REACHED) this.#set(this.#places * GROWTH + STEP);
  }

  #set(limit: number): void {
    this.#limit = Math.max(LEAST, limit);
  }

  get #places(): number {
    return Math.min(this.#limit, this.#most());
  }
}

/** Just below all there is, where the processor hardly ever waits. */
const goalOf = ({ limit }: AdmissionRules): number => (limit + 4) / 5;

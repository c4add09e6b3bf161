/**
 * How many clients are served at a time. Pure.
 *
 * Each session that is served makes the others slower, and beyond some number only that: the work done per second grows no more,
 * and submitters feel it most. That number depends on the host, on the checks and on the mail, so it is found by measurement: while
 * the strain is above its goal the limit falls in proportion, and otherwise it grows by a few percent as long as it is reached.
 */
import type { AdmissionRules } from './admission.ts';
import { allowanceOf, type Ranked } from './shed-order.ts';

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

  /** @param most sessions that are allowed: a limit above them is none, for the workers of a gateway have different numbers */
  constructor(most: () => number) {
    this.#most = most;
  }

  /** How many clients are served when this one still finds a place. */
  placesFor(client: Ranked): number {
    return this.#limit * allowanceOf(client).places;
  }

  /**
   * After each measurement.
   * @param strain what grows with the work under way, averaged; 1 is all there is
   * @param served clients that are served now
   */
  adapt(strain: number, served: number, rules: AdmissionRules): void {
    const excess = strain - goalOf(rules);
    if (excess > 0) this.#set(Math.min(this.#limit, served) * (1 - GAIN * Math.min(excess, 1)));
    else if (served >= this.#limit * REACHED) this.#set(this.#limit * GROWTH + STEP);
  }

  #set(limit: number): void {
    this.#limit = limit > this.#most() ? Infinity : Math.max(LEAST, limit);
  }
}

/** Just below all there is, where the processor hardly ever waits. */
const goalOf = ({ limit }: AdmissionRules): number => (limit + 4) / 5;

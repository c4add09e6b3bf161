/**
 * When strangers are greeted. The decisions are gateway/pair/greeting-turn.ts and gateway/pair/service-limit.ts. This file remembers
 * who waits since when, and who is served.
 */
import type { AdmissionRules } from '../pair/admission.ts';
import { greetingTurn, mostWaiting, waitMs, type TurnFacts } from '../pair/greeting-turn.ts';
import { allowanceOf, type Ranked } from '../pair/shed-order.ts';
import { ServiceLimit } from '../pair/service-limit.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Random } from '../../platform/values/random.ts';
import type { Session } from '../../platform/values/session.ts';

export type Asked = Pick<TurnFacts, 'hasSibling' | 'mostMs'> & Ranked;

export class Greetings {
  readonly #since = new Map<Session, number>();
  readonly #served = new Set<Session>();
  readonly #limit: ServiceLimit;
  readonly #most: () => number;
  readonly #clock: Clock;
  readonly #random: Random;

  /** @param most sessions that this worker may have */
  constructor(most: () => number, clock: Clock, random: Random) {
    this.#limit = new ServiceLimit(most);
    this.#most = most;
    this.#clock = clock;
    this.#random = random;
  }

  /** @returns in how many ms the session is looked at again; 0 when it is to be greeted */
  turn(session: Session, asked: Asked): number | 'defer' {
    const now = this.#clock.now();
    const since = this.#since.get(session);
    const facts = {
      ...asked,
      hasPlace: this.#served.size < this.#limit.placesFor(asked),
      waitedMs: since === undefined ? undefined : now - since,
      waiting: this.#since.size,
      mostWaiting: mostWaiting(this.#most()) * allowanceOf(asked).waiting,
    };
    const turn = greetingTurn(facts);
    if (turn !== 'wait') this.#since.delete(session);
    if (turn === 'defer') return turn;
    if (turn === 'greet') {
      this.#served.add(session);
      return 0;
    }
    if (since === undefined) this.#since.set(session, now);
    return waitMs(this.#random.next());
  }

  /** After each measurement of the load. */
  adapt(strain: number, rules: AdmissionRules): void {
    this.#limit.adapt(strain, this.#served.size, rules);
  }

  /** How many wait, as a share of those that strangers may be among. */
  get crowd(): number {
    return this.#since.size / (mostWaiting(this.#most()) * allowanceOf({ isKnown: false }).waiting);
  }

  isWaiting(session: Session): boolean {
    return this.#since.has(session);
  }

  /** Its session ended. */
  closed(session: Session): void {
    this.#since.delete(session);
    this.#served.delete(session);
  }
}

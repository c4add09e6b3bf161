/** accept → pair: when strangers are greeted. The decision is pair/greeting-turn.ts; here it is remembered who waits since when. */
import type { AdmissionRules } from '../pair/admission.ts';
import { greetingTurn, waitMs, type TurnFacts } from '../pair/greeting-turn.ts';
import type { Clock } from '../system/clock.ts';
import type { Random } from '../system/random.ts';
import type { Session } from '../values/session.ts';

export type Asked = Pick<TurnFacts, 'isKnown' | 'strain' | 'submissions' | 'hasSibling'>;

export class Greetings {
  readonly #since = new Map<Session, number>();
  readonly #mostWaiting: () => number;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(mostWaiting: () => number, clock: Clock, random: Random) {
    this.#mostWaiting = mostWaiting;
    this.#clock = clock;
    this.#random = random;
  }

  /** @returns in how many ms the session is looked at again; 0 when it is to be greeted */
  turn(session: Session, asked: Asked, rules: AdmissionRules): number | 'defer' {
    const now = this.#clock.now();
    const since = this.#since.get(session);
    const facts = {
      ...asked,
      waitedMs: since === undefined ? undefined : now - since,
      waiting: this.#since.size,
      mostWaiting: this.#mostWaiting(),
      random: this.#random.next(),
    };
    const turn = greetingTurn(facts, rules);
    if (turn !== 'wait') this.#since.delete(session);
    if (turn === 'defer') return turn;
    if (turn === 'greet') return 0;
    if (since === undefined) this.#since.set(session, now);
    return waitMs(this.#random.next());
  }

  /** It waits no more. @returns whether it did */
  forget(session: Session): boolean {
    return this.#since.delete(session);
  }
}

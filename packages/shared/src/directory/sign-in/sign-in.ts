/**
 * Who may try a password, when it is looked at, and what follows. A client waits for its answer, and is refused, by what it,
 * its neighbourhood and others did before (limits.ts); few passwords are hashed at a time (hash-queue.ts). A password of
 * somebody who is refused, or for whom there is no place, is not looked at, so the answer says nothing about it.
 */
import type { Clock } from '../../platform/time/clock.ts';
import type { RefusedSignIns } from '../../platform/values/sign-in-state.ts';
import type { Tarpit } from '../../smtp/server/tarpit.ts';
import { accountOf, originOf, type Attempt, type Standing } from './attempt.ts';
import type { Failures, Failure } from './failures.ts';
import type { HashQueue } from './hash-queue.ts';
import type { SignInLimits } from './limits.ts';
import type { SignInNetworks } from './networks.ts';
import { RepeatedPasswords } from './repeated.ts';

export type SignInResult =
  /** `repeated`: the client tried this password before. */
  | { readonly kind: 'right' | 'wrong' | 'repeated' }
  | { readonly kind: 'refused'; readonly by: 'network' | 'account'; readonly waitMs: number }
  /** There is no place to wait. */
  | { readonly kind: 'busy' }
  /** The client went before its password was looked at. */
  | { readonly kind: 'gone' };

export interface SignInParts {
  readonly limits: SignInLimits;
  readonly networks: SignInNetworks;
  readonly failures: Failures;
  readonly queue: HashQueue;
  /** For those whose answer is delayed. */
  readonly tarpit: Tarpit;
  readonly clock: Clock;
  /** Another one after each change of users or passwords. */
  users(): object;
  verify(user: string, password: string): Promise<boolean>;
  /** An account signed in from where it did not before; told with the key of `networks`. */
  onArrival(key: string): void;
  /** A wrong password was tried here, and this is refused from now on. */
  onFailure(failure: Failure, refused: readonly RefusedSignIns[]): void;
}

/** Delayed at a time. */
const MOST_DELAYED = 256;
/** Attempts of one client at a time, delayed and waiting; those for accounts that signed in from there are counted apart. */
const MOST_OF_CLIENT: Readonly<Record<Standing, number>> = { known: 128, nearby: 8, new: 8 };

export class SignIns {
  readonly #parts: SignInParts;
  #repeated = new RepeatedPasswords();
  /** Whose passwords those are. */
  #users: object | undefined;
  readonly #ofClient = new Map<string, number>();
  readonly #gone = new WeakSet<object>();

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** @param session one attempt of it at a time */
  async attempt(session: object, address: string, user: string, password: string): Promise<SignInResult> {
    const origin = originOf(address);
    const account = accountOf(user);
    const { limits, networks, clock } = this.#parts;
    const attempt = { account, ...origin, standing: networks.standing(account, origin.client) };
    const judged = limits.judge(attempt, clock.now());
    if (judged.kind === 'refused') return judged;
    const repeated = this.#repeatedNow();
    if (repeated.has(origin.client, user, password)) return { kind: 'repeated' };
    if (!this.#enter(attempt)) return { kind: 'busy' };
    try {
      if (!(await this.#delay(session, judged.delayMs))) return { kind: 'busy' };
      const result = await this.#look(session, attempt, user, password);
      if (result.kind === 'wrong') repeated.add(origin.client, user, password);
      return result;
    } finally {
      this.#leave(attempt);
    }
  }

  /** The session has ended: its password is not looked at any more. */
  gone(session: object): void {
    this.#gone.add(session);
    this.#parts.tarpit.release(session);
    this.#parts.queue.drop(session);
  }

  /** A wrong password that was tried elsewhere. */
  failedElsewhere({ account, client, isKnown, at }: Failure): void {
    const standing = isKnown ? 'known' : 'new';
    this.#parts.limits.failed({ account, ...originOf(client), standing }, at, this.#parts.clock.now());
  }

  /** What was wrong before the users changed may be right now. */
  #repeatedNow(): RepeatedPasswords {
    const users = this.#parts.users();
    if (users !== this.#users) this.#repeated = new RepeatedPasswords();
    this.#users = users;
    return this.#repeated;
  }

  #enter(attempt: Attempt): boolean {
    const key = placeOf(attempt);
    const count = this.#ofClient.get(key) ?? 0;
    if (count >= MOST_OF_CLIENT[attempt.standing]) return false;
    this.#ofClient.set(key, count + 1);
    return true;
  }

  #leave(attempt: Attempt): void {
    const key = placeOf(attempt);
    const count = this.#ofClient.get(key) ?? 0;
    if (count > 1) this.#ofClient.set(key, count - 1);
    else this.#ofClient.delete(key);
  }

  /** @returns false when too many wait already */
  async #delay(session: object, delayMs: number): Promise<boolean> {
    if (delayMs === 0) return true;
    if (!this.#parts.tarpit.mayHold(session, MOST_DELAYED)) return false;
    await this.#parts.tarpit.hold(session, delayMs);
    return true;
  }

  async #look(session: object, attempt: Attempt, user: string, password: string): Promise<SignInResult> {
    if (this.#gone.has(session)) return { kind: 'gone' };
    const isKnown = attempt.standing === 'known';
    const result = await this.#parts.queue.run(session, isKnown, () => this.#hash(attempt, user, password));
    if (result === 'full') return { kind: 'busy' };
    return result === 'gone' ? { kind: 'gone' } : result;
  }

  /** What follows is done before the next one has its turn, which may be refused for it. */
  async #hash(attempt: Attempt, user: string, password: string): Promise<SignInResult> {
    const { limits, clock, verify } = this.#parts;
    const judged = limits.judge(attempt, clock.now()); // others failed while it waited
    if (judged.kind === 'refused') return judged;
    const isRight = await verify(user, password);
    if (isRight) this.#arrived(attempt);
    else this.#failed(attempt);
    return { kind: isRight ? 'right' : 'wrong' };
  }

  #arrived({ account, client }: Attempt): void {
    const news = this.#parts.networks.note(account, client);
    if (news !== null) this.#parts.onArrival(news);
  }

  #failed(attempt: Attempt): void {
    const { limits, failures, clock, onFailure } = this.#parts;
    const { account, client, standing } = attempt;
    const failure = failures.add({ account, client, isKnown: standing === 'known' });
    onFailure(failure, limits.failed(attempt, failure.at, clock.now()));
  }
}

const placeOf = ({ client, standing }: Attempt): string =>
  `${standing === 'known' ? standing : ''} ${client}`;

/**
 * How many wrong passwords are taken, by whom and for whom, and what follows: the next answer is delayed, then refused without
 * a look at the password. Pure bookkeeping.
 *
 * Wrong passwords of a client count for the client, for its neighbourhood and for the account. An account that is guessed at
 * from elsewhere is not refused where it signed in before, or anybody could lock it out. A client from which an account
 * signed in is judged for this account by nothing but what it did itself with this account: whoever guesses behind the same
 * address translation does not lock out the others. Bounded: the keys not heard of for the longest start afresh.
 */
import type { Rate } from '../../platform/values/rate.ts';
import type { RefusedSignIns } from '../../platform/values/sign-in-state.ts';
import { Gcra } from '../../platform/values/gcra.ts';
import type { Attempt } from './attempt.ts';

const HOUR_MS = 3_600_000;

/** Wrong passwords at once; they come back evenly. */
export const SIGN_IN_RATES = {
  client: { count: 20, perMs: HOUR_MS },
  network: { count: 100, perMs: HOUR_MS },
  account: { count: 20, perMs: HOUR_MS },
  /** Of an account at a client from which it signed in. */
  pair: { count: 50, perMs: HOUR_MS },
} as const satisfies Record<string, Rate>;

type Kind = keyof typeof SIGN_IN_RATES;

/** How long an answer waits, by the part of a rate that is used up. */
const DELAYS = [
  { above: 3 / 4, ms: 8_000 },
  { above: 1 / 2, ms: 4_000 },
  { above: 1 / 4, ms: 1_000 },
] as const;

const MOST_KEYS = 20_000;
const MOST_REFUSED = 1_000;

export type Judgement =
  | { readonly kind: 'heard'; readonly delayMs: number }
  | { readonly kind: 'refused'; readonly by: 'network' | 'account'; readonly waitMs: number };

export class SignInLimits {
  readonly #tables: Readonly<Record<Kind, Gcra>> = {
    client: new Gcra(MOST_KEYS),
    network: new Gcra(MOST_KEYS),
    account: new Gcra(MOST_KEYS),
    pair: new Gcra(MOST_KEYS),
  };
  /** Those over a rate, for those who look. */
  readonly #refused = new Map<
    string,
    { readonly kind: Kind; readonly key: string; readonly what: RefusedSignIns }
  >();

  judge(attempt: Attempt, now: number): Judgement {
    let delayMs = 0;
    for (const kind of judgedBy[attempt.standing]) {
      const rate = SIGN_IN_RATES[kind];
      const left = this.#tables[kind].left(keyOf(kind, attempt), now, rate);
      const waitMs = Math.ceil(((1 - left) * rate.perMs) / rate.count);
      if (waitMs > 0) return { kind: 'refused', by: kind === 'account' ? 'account' : 'network', waitMs };
      const used = 1 - left / rate.count;
      delayMs = Math.max(delayMs, DELAYS.find(({ above }) => used > above)?.ms ?? 0);
    }
    return { kind: 'heard', delayMs };
  }

  /**
   * Counts a wrong password.
   * @param at when it was tried, perhaps elsewhere. It counts for less as it ages.
   * @returns what is refused from now on and was not before
   */
  failed(attempt: Attempt, at: number, now: number): RefusedSignIns[] {
    const fresh: RefusedSignIns[] = [];
    for (const kind of countedBy[attempt.standing]) {
      const rate = SIGN_IN_RATES[kind];
      const key = keyOf(kind, attempt);
      const weight = Math.min(1, 1 - (now - at) / rate.perMs);
      if (weight <= 0) continue;
      const before = this.#tables[kind].left(key, now, rate);
      if (this.#tables[kind].spend(key, now, rate, weight) >= 1 || before < 1) continue;
      const what = refusedBy(kind, attempt);
      fresh.push(what);
      this.#refused.delete(`${kind} ${key}`);
      this.#refused.set(`${kind} ${key}`, { kind, key, what });
      if (this.#refused.size > MOST_REFUSED) this.#refused.delete(this.#refused.keys().next().value!);
    }
    return fresh;
  }

  /** What is refused now, the latest last. */
  refused(now: number): RefusedSignIns[] {
    const still: RefusedSignIns[] = [];
    for (const [name, { kind, key, what }] of this.#refused)
      if (this.#tables[kind].left(key, now, SIGN_IN_RATES[kind]) < 1) still.push(what);
      else this.#refused.delete(name);
    return still;
  }
}

const judgedBy: Record<Attempt['standing'], readonly Kind[]> = {
  known: ['pair'],
  nearby: ['client', 'network'],
  new: ['client', 'network', 'account'],
};

const countedBy: Record<Attempt['standing'], readonly Kind[]> = {
  known: ['pair'],
  nearby: ['client', 'network', 'account'],
  new: ['client', 'network', 'account'],
};

const keyOf = (kind: Kind, attempt: Attempt): string =>
  kind === 'pair' ? `${attempt.client} ${attempt.account}` : attempt[kind];

function refusedBy(kind: Kind, { client, network, account }: Attempt): RefusedSignIns {
  if (kind === 'account') return { account };
  if (kind === 'pair') return { network: client, account };
  return { network: kind === 'client' ? client : network };
}

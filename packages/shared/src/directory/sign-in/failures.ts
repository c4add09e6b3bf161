/**
 * Wrong passwords as the workers of a gateway and its partners tell them to each other: each with a name of its own, so that
 * it counts once however often and by whomever it is told. Those of the last hour, at most so many.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/time/clock.ts';
import { LONGEST_ACCOUNT, originOf } from './attempt.ts';

export interface Failure {
  readonly id: string;
  readonly at: number;
  readonly account: string;
  readonly client: string;
  /** The account signed in from this client before. */
  readonly isKnown: boolean;
}

const MOST = 4_096;
const KEPT_MS = 3_600_000;

export class Failures {
  readonly #clock: Clock;
  /** By id, in the order in which they were heard of. */
  readonly #recent = new Map<string, Failure>();
  readonly #own = randomBytes(9).toString('base64url');
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One that happened here. */
  add(of: Omit<Failure, 'id' | 'at'>): Failure {
    this.#count += 1;
    const failure = { id: `${this.#own}${this.#count.toString(36)}`, at: this.#clock.now(), ...of };
    this.#keep(failure);
    return failure;
  }

  look(id: string): string | undefined {
    const failure = this.#recent.get(id);
    return failure && JSON.stringify(failure);
  }

  all(): Iterable<string> {
    return this.#recent.keys();
  }

  /** @returns those that are news */
  take(items: readonly string[]): Failure[] {
    const now = this.#clock.now();
    const fresh: Failure[] = [];
    for (const item of items) {
      const told = parse(item);
      if (!told || this.#recent.has(told.id) || now - told.at >= KEPT_MS) continue;
      const failure = { ...told, at: Math.min(told.at, now) };
      this.#keep(failure);
      fresh.push(failure);
    }
    return fresh;
  }

  /** Clients of the last hour. */
  clients(): number {
    const since = this.#clock.now() - KEPT_MS;
    const clients = new Set<string>();
    for (const { client, at } of this.#recent.values()) if (at >= since) clients.add(client);
    return clients.size;
  }

  #keep(failure: Failure): void {
    this.#recent.set(failure.id, failure);
    if (this.#recent.size > MOST) this.#recent.delete(this.#recent.keys().next().value!);
  }
}

function parse(text: string): Failure | undefined {
  try {
    const { id, at, account, client, isKnown } = (JSON.parse(text) ?? {}) as Partial<Failure>;
    if (typeof id !== 'string' || !/^[\w-]{10,40}$/.test(id) || !Number.isSafeInteger(at)) return undefined;
    if (typeof account !== 'string' || account.length > LONGEST_ACCOUNT) return undefined;
    if (typeof client !== 'string' || originOf(client).client !== client) return undefined;
    return { id, at: at!, account, client, isKnown: isKnown === true };
  } catch {
    return undefined;
  }
}

/**
 * Rates by the generic cell rate algorithm (ITU-T I.371): of each key only the moment from which on its whole burst is free
 * again. A key may do `count` things at once, and gets back one of them after each `perMs / count`. Pure bookkeeping.
 *
 * Bounded: of more than `most` keys those not heard of for the longest start afresh. Nobody waits longer than `perMs`,
 * though the clock be set back.
 */
import type { Rate } from './rate.ts';

export class Gcra {
  /** Two generations, of which the older is let go as a whole: a map whose first entries are deleted one by one is slow. */
  #recent = new Map<string, number>();
  #before = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts one more, or says in how many ms it may be tried again; 0 when it was counted. */
  take(key: string, now: number, rate: Rate): number {
    const before = this.#from(key, now, rate);
    const freeAt = before + rate.perMs / rate.count;
    const waitMs = Math.max(0, Math.ceil(freeAt - now - rate.perMs));
    this.#set(key, waitMs > 0 ? before : freeAt); // who is refused was heard of, too
    return waitMs;
  }

  /** Counts so much whether it is there or not. @returns what is left, never below 0 */
  spend(key: string, now: number, rate: Rate, amount: number): number {
    const each = rate.perMs / rate.count;
    const freeAt = Math.min(this.#from(key, now, rate) + amount * each, now + rate.perMs);
    this.#set(key, freeAt);
    return (now + rate.perMs - freeAt) / each;
  }

  /** What is left; counts nothing. */
  left(key: string, now: number, rate: Rate): number {
    if (this.#get(key) === undefined) return rate.count;
    return ((now + rate.perMs - this.#from(key, now, rate)) * rate.count) / rate.perMs;
  }

  /** Gives so much back; no more than there ever is. */
  give(key: string, now: number, rate: Rate, amount: number): void {
    if (this.#get(key) === undefined) return;
    this.#set(key, this.#from(key, now, rate) - (amount * rate.perMs) / rate.count);
  }

  /** Starts afresh. */
  forget(key: string): void {
    this.#recent.delete(key);
    this.#before.delete(key);
  }

  /** At most; what is in both generations counts twice. */
  get size(): number {
    return this.#recent.size + this.#before.size;
  }

  #get(key: string): number | undefined {
    return this.#recent.get(key) ?? this.#before.get(key);
  }

  #from(key: string, now: number, { perMs }: Rate): number {
    const freeAt = this.#get(key) ?? now;
    if (freeAt <= now + perMs) return Math.max(freeAt, now);
    this.#set(key, now + perMs); // the clock was set back, or the rate is another
    return now + perMs;
  }

  #set(key: string, freeAt: number): void {
    this.#recent.set(key, freeAt);
    if (this.#recent.size <= this.#most / 2) return;
    this.#before = this.#recent;
    this.#recent = new Map();
  }
}

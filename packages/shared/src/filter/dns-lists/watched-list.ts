/**
 * A list that is asked only while it is known to tell the truth. It is tested at the start and from time to time; one
 * that lies is switched off, one that is silent rests, either until a later test finds it sound. A listing is
 * believed only when the list was sound within the last minute, so that a list that begins to list the world refuses nobody.
 */
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Family, Resolver } from '../../platform/dns/resolver.ts';
import { inTime } from '../contract/in-time.ts';
import { askList, type List, type ListAnswer } from './ask-list.ts';
import { testList, type TestResult } from './self-test.ts';

/**
 * - `untested`: no test has ended yet
 * - `sound`: it is asked
 * - `silent`: it did not answer several times in a row
 * - `off`: it lies, or does not serve us
 */
export type ListStanding = 'untested' | 'sound' | 'silent' | 'off';

export interface ListState {
  readonly name: string;
  readonly standing: ListStanding;
  /** Why it is not asked. */
  readonly reason?: string;
  /** Since when it has been so. */
  readonly since: number;
  readonly testDueAt: number;
}

export interface WatchRules {
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** From one test to the next while the list is sound. */
  readonly testMs: number;
  /** The same while it is not. */
  readonly retestMs: number;
}

export interface WatchParts {
  rules(): WatchRules;
  readonly resolver: Pick<Resolver, 'resolveAddresses' | 'resolveTxt'>;
  readonly clock: Clock;
  readonly log: Log;
  /** An answer came, or none. */
  counted(list: string, result: WatchedAnswer['kind']): void;
}

export type WatchedAnswer =
  | { readonly kind: 'listed'; readonly codes: readonly string[]; readonly text?: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'silent' | 'off'; readonly reason: string };

/** For how long a test that was passed makes a listing believed. */
const PROOF_MS = 60_000;
/** Look-ups in a row without an answer after which it rests. */
const PATIENCE = 5;
const TEXT_MS = 1_000;
const TEXT_CHARACTERS = 200;

export class WatchedList {
  readonly list: List;
  readonly #parts: WatchParts;
  #standing: ListStanding = 'untested';
  #reason = 'it has not been tested yet';
  #since: number;
  #families: readonly Family[] = [];
  #soundAt = -Infinity;
  #unanswered = 0;
  #test: Promise<void> | undefined;
  #testDueAt: number;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** Begins with a test. */
  constructor(list: List, parts: WatchParts) {
    this.list = list;
    this.#parts = parts;
    this.#since = this.#testDueAt = parts.clock.now();
    void this.#tested();
  }

  /** @param family of the address that `labels` stand for */
  async ask(labels: string, family?: Family): Promise<WatchedAnswer> {
    const { timeoutMs } = this.#parts.rules();
    const late = (): WatchedAnswer => ({ kind: 'silent', reason: `no answer within ${timeoutMs / 1000} s` });
    const answer = await inTime(timeoutMs, this.#ask(labels, family), late);
    if (answer.kind !== 'silent') this.#unanswered = 0;
    else if (this.#standing === 'sound' && (this.#unanswered += 1) >= PATIENCE)
      this.#become('silent', answer.reason);
    this.#parts.counted(this.list.name, answer.kind);
    return answer.kind === 'listed' && this.list.refuses
      ? { ...answer, ...(await this.#text(labels)) }
      : answer;
  }

  state(): ListState {
    return {
      name: this.list.name,
      standing: this.#standing,
      ...(this.#standing !== 'sound' && { reason: this.#reason }),
      since: this.#since,
      testDueAt: this.#testDueAt,
    };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #ask(labels: string, family: Family | undefined): Promise<WatchedAnswer> {
    if (this.#standing === 'untested') await this.#tested();
    if (this.#standing === 'off') return { kind: 'off', reason: this.#reason };
    if (this.#standing !== 'sound') return { kind: 'silent', reason: this.#reason };
    if (!this.#knows(family)) return { kind: 'clear' };
    const answer = await askList(this.list, labels, this.#parts.resolver);
    if (answer.kind === 'refused') {
      this.#become('off', answer.reason);
      return { kind: 'off', reason: answer.reason };
    }
    return answer.kind === 'listed' ? this.#believe(answer) : answer;
  }

  /** Lists of domains say nothing of families. */
  #knows(family: Family | undefined): boolean {
    return family === undefined || !this.list.asks.includes('client') || this.#families.includes(family);
  }

  async #believe(answer: ListAnswer & { kind: 'listed' }): Promise<WatchedAnswer> {
    const isProven = (): boolean => this.#parts.clock.now() - this.#soundAt <= PROOF_MS;
    if (!isProven()) await this.#tested();
    if (this.#standing === 'off') return { kind: 'off', reason: this.#reason };
    return isProven() ? answer : { kind: 'silent', reason: 'no answer when it was tested' };
  }

  async #text(labels: string): Promise<{ text?: string }> {
    const asked = this.#parts.resolver.resolveTxt(`${labels}.${this.list.zone}`).catch(() => []);
    const [text = ''] = await inTime(TEXT_MS, asked, () => []);
    const plain = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
    return plain === '' ? {} : { text: plain.slice(0, TEXT_CHARACTERS) };
  }

  #tested(): Promise<void> {
    return (this.#test ??= this.#runTest().finally(() => (this.#test = undefined)));
  }

  async #runTest(): Promise<void> {
    const { resolver, clock } = this.#parts;
    let result: TestResult;
    try {
      result = await testList(this.list, (labels) => askList(this.list, labels, resolver, 'anew'));
    } catch (error) {
      result = { kind: 'doubt', reason: (error as Error).message };
    }
    if (result.kind === 'sound') {
      this.#soundAt = clock.now();
      this.#families = result.families;
      this.#unanswered = 0;
      this.#become('sound', '');
    } else if (result.kind === 'lying') this.#become('off', result.reason);
    else if (this.#standing === 'untested') this.#become('silent', result.reason);
    else this.#schedule();
  }

  #become(standing: ListStanding, reason: string): void {
    const before = this.#standing;
    this.#standing = standing;
    this.#reason = reason;
    if (this.#closed) return;
    this.#schedule();
    if (before === standing) return;
    this.#since = this.#parts.clock.now();
    const list = this.list.name;
    const { log } = this.#parts;
    if (standing === 'off') log.error('list.switched-off', { list, reason });
    else if (standing === 'silent') log.warn('list.silent', { list, reason });
    else
      log.info(before === 'untested' ? 'list.sound' : 'list.switched-on', { list, families: this.#families });
  }

  #schedule(): void {
    if (this.#closed) return;
    const { testMs, retestMs } = this.#parts.rules();
    const waitMs = this.#standing === 'sound' ? testMs : retestMs;
    clearTimeout(this.#timer);
    this.#testDueAt = this.#parts.clock.now() + waitMs;
    this.#timer = setTimeout(() => void this.#tested(), waitMs).unref();
  }
}

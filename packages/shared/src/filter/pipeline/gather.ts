/**
 * Learns facts in layers: of the client, on that of the sender, on that a recipient's or the message's. All learners of
 * a layer run side by side within one time budget; what is not learnt by then is a fault. Nothing here rejects.
 */
import type { Fact } from '../contract/facts.ts';
import type { FactName, Learnable, Learnt } from './facts.ts';
import type { Inquiry, Learner } from '../contract/learner.ts';

type AnyFact = Fact<unknown>;
type Slot = AnyFact | undefined | Promise<AnyFact | undefined>;

/** What is asked about, before the layer adds what it does. */
export type Question = Omit<Inquiry, 'fact' | 'signal'>;

type AnyLearner = Learner<Learnable>;

export class Layer {
  readonly #learners: ReadonlyMap<string, AnyLearner>;
  readonly #question: Question;
  readonly #budgetMs: number;
  readonly #below: Layer | undefined;
  readonly #slots = new Map<string, Slot>();
  #abort: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pending = 0;

  /** Begins to learn at once. */
  constructor(learners: readonly AnyLearner[], question: Question, budgetMs: number, below?: Layer) {
    this.#learners = byName(learners);
    this.#question = question;
    this.#budgetMs = budgetMs;
    this.#below = below;
    for (const { name } of learners) void this.ask(name);
  }

  /** One fact of this layer or one below. */
  ask(name: string): Slot {
    const learner = this.#learners.get(name);
    if (!learner) return this.#below?.ask(name);
    if (!this.#slots.has(name)) {
      const slot = this.#learn(learner);
      this.#slots.set(name, slot);
      if (slot instanceof Promise) void slot.then((fact) => this.#slots.set(name, fact));
    }
    return this.#slots.get(name);
  }

  /** One fact, if it has been learnt by now. */
  known<N extends FactName>(name: N): Learnable[N] | undefined {
    const slot = this.ask(name) as Fact<Learnable[N]> | Promise<unknown> | undefined;
    return slot && !(slot instanceof Promise) && slot.kind === 'known' ? slot.value : undefined;
  }

  /** All facts of this layer and those below; at the latest when their budgets are used up. */
  learnt(): Learnt | Promise<Learnt> {
    const facts: Record<string, AnyFact> = {};
    const waiting: Promise<unknown>[] = [];
    this.#collect(facts, waiting);
    return waiting.length === 0 ? facts : Promise.all(waiting).then(() => facts);
  }

  #collect(facts: Record<string, AnyFact>, waiting: Promise<unknown>[]): void {
    if (this.#below) this.#below.#collect(facts, waiting);
    for (const [name, slot] of this.#slots)
      if (slot instanceof Promise) waiting.push(slot.then((fact) => void (fact && (facts[name] = fact))));
      else if (slot) facts[name] = slot;
  }

  get #signal(): AbortSignal {
    return (this.#abort ??= new AbortController()).signal;
  }

  #learn(learner: AnyLearner): Slot {
    const from = performance.now();
    const took = (): number => Math.round((performance.now() - from) * 10) / 10;
    const known = (value: unknown): AnyFact | undefined =>
      value === undefined ? undefined : { kind: 'known', value, tookMs: took() };
    const fault = (error: unknown): AnyFact => ({ kind: 'fault', reason: reasonOf(error), tookMs: took() });
    try {
      const answer = learner.learn(this.#inquiry());
      if (!(answer instanceof Promise)) return known(answer);
      return this.#inTime(answer).then(known, fault);
    } catch (error) {
      return fault(error);
    }
  }

  #inquiry(): Inquiry<Learnable> {
    const fact = async <N extends FactName>(name: N): Promise<Fact<Learnable[N]> | undefined> =>
      (await this.ask(name)) as Fact<Learnable[N]> | undefined;
    return { ...this.#question, fact, signal: () => this.#signal };
  }

  async #inTime(answer: Promise<unknown>): Promise<unknown> {
    const signal = this.#signal;
    this.#timer ??= setTimeout(() => this.#abort?.abort(), this.#budgetMs);
    this.#pending += 1;
    const late = Promise.withResolvers<never>();
    const giveUp = (): void => late.reject(new Error(`not learnt within ${this.#budgetMs / 1000} s`));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
      this.#pending -= 1;
      if (this.#pending === 0) {
        clearTimeout(this.#timer);
        this.#timer = undefined;
      }
    }
  }
}

const named = new WeakMap<readonly AnyLearner[], ReadonlyMap<string, AnyLearner>>();

/** Composed once for each list. */
function byName(learners: readonly AnyLearner[]): ReadonlyMap<string, AnyLearner> {
  let map = named.get(learners);
  if (!map) named.set(learners, (map = new Map(learners.map((learner) => [learner.name, learner]))));
  return map;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

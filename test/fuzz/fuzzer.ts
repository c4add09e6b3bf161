/**
 * Fuzzes one target, turn by turn. Each input follows from the seed, its number and the inputs that were kept before it. An input
 * is kept when it reaches a block of code that none before it reached. What goes wrong is given to `failed`, each fault once.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Corpus } from './corpus.ts';
import type { Coverage } from './coverage.ts';
import { failureOf, identityOf, type Failure } from './failure.ts';
import { cpuOf, cpuPerRun, growthOf, hottestOf } from './measure.ts';
import { chanceOf, mutate, pumped, pumpOf, type Pump } from './mutate.ts';
import type { Target } from './target.ts';

export interface FuzzerParts {
  readonly target: Target;
  readonly seed: number;
  readonly corpus: Corpus;
  /** Without it no input is kept, and all come from the target's own seeds. */
  readonly coverage: Coverage | null;
  /** False where nothing shall depend on how fast the machine is: growth of time is not looked for. */
  readonly isTimed?: false;
  /** Called before each input, for a watch outside of this thread. */
  readonly begins?: (input: Buffer) => void;
  readonly failed: (failure: Failure) => void;
}

/** Inputs between two questions for coverage. */
const [BATCH, SLOW_BATCH] = [1_024, 32];
/** Of a mutated input, unless a seed is longer: short ones are fast, and long ones come by repetition. */
const USUAL_BYTES = 3 * 1024;
/** One of so many is tried for growth of time. */
const GROWTH_EVERY = 40;
const SMALLER_TRIES = 150;
/** An input that is never answered: of a machine that is busy, with a thread at low priority. */
const UNSETTLED_MS = 60_000;
const MOST_GROWN_BYTES = 96 * 1024 * 1024;
/** Turns before memory counts: caches fill up. */
const WARM_TURNS = 4;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export class Fuzzer {
  readonly target: Target;
  readonly #parts: FuzzerParts;
  readonly #words: readonly Buffer[];
  readonly #seen = new Set<string>();
  #number = 0;
  #turns = 0;
  #grownBytes = 0;

  constructor(parts: FuzzerParts) {
    this.#parts = parts;
    this.target = parts.target;
    this.#words = parts.target.words.map((word) => Buffer.from(word, 'latin1'));
  }

  tally(): { readonly inputs: number; readonly kept: number; readonly reached: number } {
    const { corpus } = this.#parts;
    return { inputs: this.#number, kept: corpus.inputs.length, reached: corpus.reached };
  }

  /** Tries what an earlier run kept as a failure. */
  async again(input: Buffer, pump?: Pump): Promise<void> {
    await this.#try(input);
    if (pump) await this.#tryGrowth(pump, input);
  }

  /** Takes the target's own seeds and what earlier runs kept, and keeps of both what reaches something new. */
  async begin(): Promise<void> {
    const { target, corpus, coverage } = this.#parts;
    const all = [...target.seeds, ...corpus.stored()];
    coverage?.ran();
    for (const input of all) {
      await this.#try(input);
      if (coverage) corpus.add(input, coverage.ran());
    }
    corpus.prune();
  }

  /** Inputs until there were so many, or so much time has passed. */
  async turn({ inputs = Infinity, ms = Infinity }: { inputs?: number; ms?: number }): Promise<void> {
    const { coverage, corpus } = this.#parts;
    const before = bytesInUse();
    coverage?.ran();
    const size = this.target.isSlow ? SLOW_BATCH : BATCH;
    const until = performance.now() + ms;
    for (let left = inputs; left > 0 && performance.now() < until; left -= size) {
      const batch = Array.from({ length: Math.min(left, size) }, () => this.#next());
      for (const { input, pump } of batch) {
        await this.#try(input);
        if (pump && this.#parts.isTimed !== false) await this.#tryGrowth(pump, input);
      }
      if (!coverage) continue;
      const ran = coverage.ran();
      if (!corpus.isNews(ran)) continue;
      await this.#keepFrom(
        coverage,
        batch.filter(({ pump }) => !pump).map(({ input }) => input),
      );
      // What only a repetition reached, or chance, is not looked for again.
      corpus.note(ran);
    }
    this.#turns += 1;
    if (this.#turns > WARM_TURNS) this.#weigh(bytesInUse() - before);
  }

  #next(): { readonly input: Buffer; readonly pump?: Pump } {
    const { target, corpus, seed } = this.#parts;
    const chance = chanceOf(Math.imul(seed, 0x9e3779b1) ^ Math.imul((this.#number += 1), 0x85ebca6b));
    const kept = corpus.inputs;
    const from = kept.length > 0 && chance() < 0.8 ? kept : target.seeds;
    // Those that were kept last lead further, as a rule. The cube of a small number may round to 0.
    const place = (): number => (chance() < 0.3 ? 1 - (1 - chance()) ** 3 : chance());
    const pick = (): Buffer => from[Math.min(Math.floor(place() * from.length), from.length - 1)]!;
    if (this.#number % GROWTH_EVERY === 0) {
      const pump = pumpOf(pick(), this.#words, chance);
      return { input: pumped(pump, target.longestBytes), pump };
    }
    const [first, other] = [pick(), pick()];
    const longestBytes = Math.min(target.longestBytes, Math.max(USUAL_BYTES, first.length));
    return { input: mutate({ seed: first, other, words: this.#words, longestBytes }, chance) };
  }

  /** Some of them reached something new: which ones is found by halves. */
  async #keepFrom(coverage: Coverage, inputs: readonly Buffer[]): Promise<void> {
    const { corpus } = this.#parts;
    coverage.ran();
    for (const input of inputs) await this.#quietly(input);
    const ran = coverage.ran();
    if (!corpus.isNews(ran)) return;
    if (inputs.length === 1) return corpus.add(inputs[0]!, ran);
    const half = Math.ceil(inputs.length / 2);
    await this.#keepFrom(coverage, inputs.slice(0, half));
    await this.#keepFrom(coverage, inputs.slice(half));
  }

  async #try(input: Buffer): Promise<void> {
    const { target, begins } = this.#parts;
    begins?.(input);
    try {
      const took = await cpuOf(() => settled(target.run(input)));
      if (took <= target.budgetMs) return;
      const least = await cpuPerRun(() => target.run(input));
      if (least > target.budgetMs)
        this.#fail({
          target: target.name,
          kind: 'slow',
          what: `takes more CPU than it may: ${Math.round(least)} ms`,
          input,
        });
    } catch (error) {
      await this.#failSmaller(failureOf(target.name, input, error));
    }
  }

  async #quietly(input: Buffer): Promise<unknown> {
    this.#parts.begins?.(input);
    try {
      await settled(this.target.run(input));
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async #tryGrowth(pump: Pump, input: Buffer): Promise<void> {
    const { target, begins } = this.#parts;
    begins?.(input);
    // What is thrown was reported when the input was tried.
    const what = await growthOf(target, pump).catch(() => undefined);
    if (what === undefined) return;
    const piece = JSON.stringify(pump.piece.toString('latin1').slice(0, 20));
    const where = await hottestOf(() => target.run(input));
    this.#fail({
      target: target.name,
      kind: 'growth',
      pump,
      what: `time grows faster than length in ${where}: ${what}, repeated ${piece}`,
      input,
    });
  }

  /** The smallest input found in some tries that shows the same fault. */
  async #failSmaller(failure: Failure): Promise<void> {
    const identity = identityOf(failure);
    if (this.#seen.has(identity)) return;
    let best = failure;
    let size = Math.ceil(failure.input!.length / 2);
    for (let tries = 0; tries < SMALLER_TRIES && size >= 1;) {
      let isSmaller = false;
      for (let at = 0; at < best.input!.length && tries < SMALLER_TRIES; at += size) {
        const input = Buffer.concat([best.input!.subarray(0, at), best.input!.subarray(at + size)]);
        tries += 1;
        const error = await this.#quietly(input);
        const smaller = error === undefined ? undefined : failureOf(this.target.name, input, error);
        if (!smaller || identityOf(smaller) !== identity) continue;
        [best, isSmaller] = [smaller, true];
      }
      if (!isSmaller) size = Math.floor(size / 2);
    }
    this.#fail(best);
  }

  #fail(failure: Failure): void {
    const identity = identityOf(failure);
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    this.#parts.failed(failure);
  }

  /** A cache fills up and stays; a leak goes on. */
  #weigh(grownBytes: number): void {
    this.#grownBytes += grownBytes;
    if (this.#grownBytes < MOST_GROWN_BYTES + (this.target.keptBytes ?? 0)) return;
    const what = `memory in use grows: ${Math.round(this.#grownBytes / 2 ** 20)} MB after ${this.#number} inputs`;
    this.#fail({ target: this.target.name, kind: 'memory', what });
  }
}

/** The octets of buffers that one collection finds unused are released by the next one at the latest. */
function bytesInUse(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

async function settled(running: void | Promise<void>): Promise<void> {
  if (!(running instanceof Promise)) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it is never answered')), UNSETTLED_MS);
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

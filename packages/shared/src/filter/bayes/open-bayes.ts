/**
 * The classifier of a gateway: what it learnt is in memory, a snapshot and a log of examples stand beside it in the spool.
 * A message is learnt once; as the opposite, what was added before is taken back exactly. Of two that tell of one message the
 * later counts, so that partners agree in whatever order they hear. Nothing waits for the disk: losing some of it costs a
 * little training.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BayesFacts } from './facts.ts';
import { probabilityOf, type Calibration } from './calibration.ts';
import { Evidence, type Totals } from './evidence.ts';
import { ExampleLog, type Place } from './example-log.ts';
import type { Example, Kind } from './example.ts';
import { KeptExamples } from './kept-examples.ts';
import { Reckoning } from './reckoning.ts';
import { encodeSnapshot, readSnapshot, writeSnapshot, type Known } from './snapshot.ts';

export interface BayesRules {
  readonly maxTokens: number;
  readonly halfLifeMs: number;
  /** Messages of each kind without which it does not judge. */
  readonly minimum: number;
}

/** What became of an example; `known`: it had been learnt as that before, or something later was. */
export type Learned = 'learnt' | 'changed' | 'known';

export interface BayesStatus {
  readonly spam: number;
  readonly ham: number;
  readonly minimum: number;
  readonly tokens: number;
  readonly maxTokens: number;
  /** Whether it judges; `why` not. */
  readonly judges: boolean;
  readonly why: string | null;
  /** Null before it was reckoned. */
  readonly calibration: Calibration | null;
}

export interface Bayes {
  /** Whether it has learnt enough. */
  judges(): boolean;
  /** Undefined while it does not judge. */
  classify(tokens: Uint32Array): BayesFacts | undefined;
  /** An example `none` takes back what was learnt of the message; `known` then says that nothing was. */
  learn(example: Example): Learned;
  /** Of a message that was learnt, its examples being kept; the latest as it counts now. */
  find(id: string): Example | undefined;
  /** Of all messages that were learnt, the latest last: how many tokens each has. */
  messages(): ReadonlyMap<string, Pick<Known, 'as' | 'at' | 'tokens'>>;
  status(): BayesStatus;
  /** After the rules changed. */
  reload(): void;
  close(): Promise<void>;
}

export interface BayesParts {
  readonly directory: string;
  rules(): BayesRules;
  now(): number;
  /** Told when something cannot be read or written. */
  onFault(error: Error): void;
  /** Another process has it open: nothing is written, and nothing learnt unless `follows`. */
  readonly readOnly?: boolean;
  /** What the other process learns is learnt here too, in memory. */
  readonly follows?: boolean;
}

/** There is no file 0. */
const NOWHERE: Place = { file: 0, offset: 0 };
const MAX_MESSAGES = 100_000;
const FILE_BYTES = 8 * 1024 * 1024;
/** Of examples that are in the snapshot already. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** @throws when the directory cannot be used */
export function openBayes(parts: BayesParts): Bayes {
  return new OpenBayes(parts);
}

class OpenBayes implements Bayes {
  readonly #parts: BayesParts;
  readonly #log: ExampleLog;
  /** Those that stand nowhere in the log, as far as is known here. */
  readonly #kept = new KeptExamples();
  readonly #evidence: Evidence;
  readonly #messages: Map<string, Known>;
  readonly #counts = { spam: 0, ham: 0, none: 0 };
  readonly #reckoning: Reckoning;
  #writing: Promise<void> | null = null;

  constructor(parts: BayesParts) {
    this.#parts = parts;
    const { directory, onFault, now } = parts;
    const { maxTokens, halfLifeMs } = parts.rules();
    this.#log = new ExampleLog(directory);
    const totals: Totals = { spam: 0, ham: 0, origin: now(), newest: now(), halfLifeMs };
    this.#evidence = new Evidence(maxTokens, totals);
    const loaded = readSnapshot(this.#snapshotPath, this.#evidence.table, onFault, parts.readOnly);
    if (loaded) this.#evidence.totals = loaded.totals;
    this.#messages = loaded?.messages ?? new Map<string, Known>();
    this.#reckoning = new Reckoning(
      {
        isTrained: () => this.#isTrained(),
        messages: this.#messages,
        find: (id) => this.find(id),
        weigh: (example) => this.#evidence.weigh(example.tokens, example).odds,
        done: () => this.#writeDown(),
        onFault,
      },
      loaded?.calibration ?? null,
    );
    for (const { as } of this.#messages.values()) this.#counts[as] += 1;
    for (const { example, place } of this.#log.replay(loaded?.from ?? 0)) this.#take(example, () => place);
    this.reload();
  }

  judges(): boolean {
    return this.#reckoning.calibration !== null && this.#isTrained();
  }

  classify(tokens: Uint32Array): BayesFacts | undefined {
    const { calibration } = this.#reckoning;
    if (!calibration || !this.#isTrained()) return undefined;
    const { odds, counted } = this.#evidence.weigh(tokens);
    const spam = probabilityOf(odds, calibration);
    return spam === undefined
      ? undefined
      : { spam: Math.round(spam * 1e4) / 1e4, counted, tokens: tokens.length / 2 };
  }

  learn(example: Example): Learned {
    const { readOnly, follows } = this.#parts;
    if (readOnly && !follows) throw new Error('another process has what was learnt open');
    const learned = this.#take({ ...example, at: Math.min(example.at, this.#parts.now()) }, (taken) =>
      this.#store(taken),
    );
    if (learned !== 'known') this.#reckonSoon();
    if (this.#log.size > FILE_BYTES && !this.#writing) void this.#writeDown();
    return learned;
  }

  find(id: string): Example | undefined {
    const known = this.#messages.get(id);
    return known && this.#read(id, known);
  }

  messages(): ReadonlyMap<string, Known> {
    return this.#messages;
  }

  status(): BayesStatus {
    const { minimum, maxTokens } = this.#parts.rules();
    const { spam, ham } = this.#counts;
    const why = this.#whyNot(minimum);
    return {
      spam,
      ham,
      minimum,
      tokens: this.#evidence.table.size,
      maxTokens,
      judges: why === null,
      why,
      calibration: this.#reckoning.calibration,
    };
  }

  reload(): void {
    const { maxTokens, halfLifeMs } = this.#parts.rules();
    this.#evidence.table.most = maxTokens;
    this.#evidence.setHalfLife(halfLifeMs, this.#parts.now());
    this.#reckonSoon();
  }

  async close(): Promise<void> {
    await this.#reckoning.close();
    if (!this.#parts.readOnly && this.#reckoning.isDue()) {
      this.#reckoning.reckon();
      await this.#writeDown();
    }
    await this.#writing;
    this.#log.close();
  }

  #reckonSoon(): void {
    const { readOnly, follows } = this.#parts;
    if (!readOnly || follows) this.#reckoning.soon();
  }

  get #snapshotPath(): string {
    return join(this.#parts.directory, 'learnt');
  }

  #isTrained(): boolean {
    const { minimum } = this.#parts.rules();
    return this.#counts.spam >= minimum && this.#counts.ham >= minimum;
  }

  #whyNot(minimum: number): string | null {
    const { spam, ham } = this.#counts;
    if (!this.#isTrained())
      return `it has learnt ${spam} spam and ${ham} ham, and judges from ${minimum} of each on`;
    const { calibration } = this.#reckoning;
    if (!calibration) return 'it is reckoning what its odds mean';
    return probabilityOf(0, calibration) === undefined
      ? 'what it learnt as spam and as ham is too much alike'
      : null;
  }

  /** Takes an example in, unless something later is known of its message. */
  #take(example: Example, place: (example: Example) => Place): Learned {
    const { id, as, at } = example;
    const before = this.#messages.get(id);
    if (before ? before.as === as || at < before.at : as === 'none') return 'known';
    if (before && before.as !== 'none') {
      const { tokens } = this.#read(id, before) ?? example;
      if (tokens.length === 0 && before.tokens > 0) return 'known'; // nobody can say what to take back
      this.#evidence.apply({ ...before, id, tokens }, -1);
    }
    if (before) this.#forgetMessage(id, before.as);
    const { file, offset } = place(example);
    this.#evidence.apply(example, 1);
    this.#messages.set(id, { as, at, file, offset, tokens: example.tokens.length / 2 });
    this.#counts[as] += 1;
    this.#reckoning.learnt();
    if (this.#messages.size > MAX_MESSAGES) {
      const [oldest, known] = this.#messages.entries().next().value!;
      this.#forgetMessage(oldest, known.as);
    }
    return before ? 'changed' : 'learnt';
  }

  /** Its evidence stays. */
  #forgetMessage(id: string, as: Kind): void {
    this.#messages.delete(id);
    this.#counts[as] -= 1;
  }

  #store(example: Example): Place {
    try {
      if (!this.#parts.readOnly) return this.#log.append(example);
    } catch (error) {
      this.#parts.onFault(error as Error);
    }
    this.#kept.add(example);
    return NOWHERE;
  }

  #read(id: string, place: Place): Example | undefined {
    return place.file === NOWHERE.file ? this.#kept.get(id) : this.#log.read(place);
  }

  // -- on disk

  /** After what is being written, for that does not have all of it. */
  #writeDown(): Promise<void> {
    if (this.#parts.readOnly) return Promise.resolve();
    const writing: Promise<void> = (this.#writing ?? Promise.resolve())
      .then(() => this.#snapshot())
      .catch((error: unknown) => this.#parts.onFault(error as Error))
      .finally(() => {
        if (this.#writing === writing) this.#writing = null;
      });
    this.#writing = writing;
    return writing;
  }

  async #snapshot(): Promise<void> {
    const from = this.#log.next();
    const sums = { totals: this.#evidence.totals, calibration: this.#reckoning.calibration, from };
    mkdirSync(this.#parts.directory, { recursive: true, mode: 0o700 });
    await writeSnapshot(this.#snapshotPath, encodeSnapshot(sums, this.#evidence.table, this.#messages));
    this.#log.trim(from, KEPT_BYTES);
  }
}

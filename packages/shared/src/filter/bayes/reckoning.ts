/**
 * When it is reckoned what the odds of a message mean, and by which messages: the latest of each kind, each weighed as if it had not
 * been learnt. By and by, some at a time, so that mail goes on meanwhile.
 */
import { calibrate, type Calibration } from './calibration.ts';
import type { Example, Kind } from './example.ts';

export interface ReckoningParts {
  /** Whether enough was learnt. */
  isTrained(): boolean;
  /** The latest last. */
  readonly messages: ReadonlyMap<string, { readonly as: Kind }>;
  find(id: string): Example | undefined;
  /** Without itself. */
  weigh(example: Example): number;
  /** It has been reckoned. */
  done(): Promise<void>;
  onFault(error: Error): void;
}

/** Messages of each kind, and of all how many at a time. */
const RECKONED = 500;
const AT_A_TIME = 20;
const AFTER_MS = 1_000;
/** What must have been learnt anew, as a share of all and at least, before it is reckoned again. */
const NEW_SHARE = 0.05;
const NEW_LEAST = 10;

interface Odds {
  readonly spam: number[];
  readonly ham: number[];
}

export class Reckoning {
  readonly #parts: ReckoningParts;
  #calibration: Calibration | null;
  /** Learnt since. */
  #news = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(parts: ReckoningParts, calibration: Calibration | null) {
    this.#parts = parts;
    this.#calibration = calibration;
  }

  get calibration(): Calibration | null {
    return this.#calibration;
  }

  learnt(): void {
    this.#news += 1;
  }

  isDue(): boolean {
    if (!this.#parts.isTrained()) return false;
    const least = this.#calibration ? Math.max(NEW_LEAST, NEW_SHARE * this.#parts.messages.size) : 0;
    return this.#news >= least;
  }

  /** In a while, if it is due. */
  soon(): void {
    if (this.#closed || this.#timer || this.#running || !this.isDue()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#byAndBy()
        .catch((error: unknown) => this.#parts.onFault(error as Error))
        .finally(() => {
          this.#running = null;
          this.soon();
        });
    }, AFTER_MS).unref();
  }

  /** At once, all of it. */
  reckon(): void {
    const odds: Odds = { spam: [], ham: [] };
    this.#weigh(this.#sample(), odds);
    this.#calibration = calibrate(odds.spam, odds.ham);
    this.#news = 0;
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #byAndBy(): Promise<void> {
    const news = this.#news;
    const sample = this.#sample();
    const odds: Odds = { spam: [], ham: [] };
    for (let from = 0; from < sample.length && !this.#closed; from += AT_A_TIME) {
      this.#weigh(sample.slice(from, from + AT_A_TIME), odds);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#closed) return;
    this.#calibration = calibrate(odds.spam, odds.ham);
    this.#news -= news;
    await this.#parts.done();
  }

  #sample(): string[] {
    const ids = { spam: [] as string[], ham: [] as string[], none: [] as string[] };
    for (const [id, { as }] of this.#parts.messages) ids[as].push(id);
    return [...ids.spam.slice(-RECKONED), ...ids.ham.slice(-RECKONED)];
  }

  #weigh(ids: readonly string[], odds: Odds): void {
    for (const id of ids) {
      const example = this.#parts.find(id);
      if (example && example.as !== 'none') odds[example.as].push(this.#parts.weigh(example));
    }
  }
}

/**
 * What the tokens of a message say together, by the evidence there is for each. No I/O.
 *
 * A token's log-odds are those of being in spam against being in ham, as shares of all spam and all ham, drawn towards even
 * while it was seen little (Robinson). The 150 tokens that tell most are averaged; a message of few known tokens is drawn
 * towards even.
 *
 * Old evidence counts half as much as evidence that is younger by one half-life. That is reckoned from when something is
 * learnt, so that nothing fades while nothing is learnt: younger evidence is added with more weight.
 */
import type { Example } from './example.ts';
import { TokenTable } from './token-table.ts';

/** How many sightings the assumption counts that a token tells nothing. */
const DOUBT = 0.3;
/** Tokens that count. */
const TELLING = 150;
/** Further tokens, even ones, that are averaged in. */
const EVEN = 10;
/** Log-odds nearer to even than this (0.4 to 0.6) are left out. */
const TELLS_NOTHING = 0.4;
/** Tokens are sorted into classes by their log-odds, so many for each unit. */
const STEPS = 16;
const CLASSES = 16 * STEPS;
/** Weights are brought back to 1 when they have grown to 2 to the power of this. */
const MOST_HALVINGS = 40;

export interface Totals {
  /** Sums of weights. */
  spam: number;
  ham: number;
  /** When the weight of evidence is 1, ms since the epoch. */
  origin: number;
  /** When the youngest of it was learnt. */
  newest: number;
  halfLifeMs: number;
}

/** The average log-odds of a message, and how many tokens counted. */
export interface Weighed {
  readonly odds: number;
  readonly counted: number;
}

export class Evidence {
  readonly table: TokenTable;
  totals: Totals;
  readonly #counts = new Uint32Array(CLASSES);
  readonly #sums = new Float64Array(CLASSES);

  constructor(mostTokens: number, totals: Totals) {
    this.table = new TokenTable(mostTokens);
    this.totals = totals;
  }

  /** Adds what was learnt, or takes it back. */
  apply({ as, at, tokens }: Example, sign: 1 | -1): void {
    if (as === 'none') return;
    if (sign > 0) this.#reckonFrom(at);
    const weight = sign * this.#weightAt(at);
    const [spam, ham] = as === 'spam' ? [weight, 0] : [0, weight];
    this.totals.spam = Math.max(0, this.totals.spam + spam);
    this.totals.ham = Math.max(0, this.totals.ham + ham);
    for (let i = 0; i < tokens.length; i += 2) this.table.add(tokens[i]!, tokens[i + 1]!, spam, ham);
  }

  /** Evidence counts by another half-life from now on; what there is keeps its proportions. */
  setHalfLife(halfLifeMs: number, now: number): void {
    if (halfLifeMs === this.totals.halfLifeMs) return;
    this.#moveOrigin(now);
    this.totals.halfLifeMs = halfLifeMs;
  }

  /** @param without a message that was learnt, as if it had not been */
  weigh(tokens: Uint32Array, without?: Pick<Example, 'as' | 'at'>): Weighed {
    const own = without ? this.#weightAt(without.at) : 0;
    const [ownSpam, ownHam] = [without?.as === 'spam' ? own : 0, without?.as === 'ham' ? own : 0];
    const allSpam = this.totals.spam - ownSpam;
    const allHam = this.totals.ham - ownHam;
    if (allSpam <= 0 || allHam <= 0) return { odds: 0, counted: 0 };
    const [counts, sums, table] = [this.#counts, this.#sums, this.table];
    /** What makes evidence of all ages into as many sightings by now. */
    const unit = 1 / this.#weightAt(this.totals.newest);
    counts.fill(0);
    sums.fill(0);
    for (let i = 0; i < tokens.length; i += 2) {
      const place = table.find(tokens[i]!, tokens[i + 1]!);
      if (place < 0) continue;
      const spam = Math.max(0, table.spamAt(place) - ownSpam);
      const ham = Math.max(0, table.hamAt(place) - ownHam);
      const seen = (spam + ham) * unit;
      const [inSpam, inHam] = [spam / allSpam, ham / allHam];
      const share = inSpam + inHam;
      if (share <= 0) continue;
      const odds = Math.log((DOUBT / 2 + (seen * inSpam) / share) / (DOUBT / 2 + (seen * inHam) / share));
      const size = Math.abs(odds);
      if (size < TELLS_NOTHING) continue;
      const step = Math.min(CLASSES - 1, Math.floor(size * STEPS));
      counts[step]! += 1;
      sums[step]! += odds;
    }
    return averageOf(counts, sums);
  }

  #weightAt(at: number): number {
    return 2 ** ((at - this.totals.origin) / this.totals.halfLifeMs);
  }

  #reckonFrom(at: number): void {
    if ((at - this.totals.origin) / this.totals.halfLifeMs > MOST_HALVINGS) this.#moveOrigin(at);
    this.totals.newest = Math.max(this.totals.newest, at);
  }

  #moveOrigin(to: number): void {
    const factor = 1 / this.#weightAt(to);
    this.table.scale(factor);
    this.totals.spam *= factor;
    this.totals.ham *= factor;
    this.totals.origin = to;
  }
}

/** The average of those that tell most. Of a class that has more than are wanted, its average counts for the rest. */
function averageOf(counts: Uint32Array, sums: Float64Array): Weighed {
  let [sum, counted] = [0, 0];
  for (let step = CLASSES - 1; step >= 0 && counted < TELLING; step -= 1) {
    if (counts[step] === 0) continue;
    const taken = Math.min(counts[step]!, TELLING - counted);
    sum += (sums[step]! * taken) / counts[step]!;
    counted += taken;
  }
  return { odds: sum / (counted + EVEN), counted };
}

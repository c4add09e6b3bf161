/**
 * What probability the odds of a message mean, by how they fell for what was learnt here. Odds grow with the evidence and lean
 * to the side that was learnt more, so that none of them means the same everywhere. Each learnt message is weighed as if it
 * had not been learnt; of spam and of ham so weighed, mean and spread are kept. Pure.
 */
export interface Calibration {
  readonly spam: Spread;
  readonly ham: Spread;
  /** Shares of what was learnt that would have been told as surely spam: of spam, and of ham by mistake. */
  readonly caught: number;
  readonly mistaken: number;
}

export interface Spread {
  readonly mean: number;
  readonly deviation: number;
  /** Messages it was seen in. */
  readonly seen: number;
}

/** Messages of each kind without which nothing can be said. */
const LEAST_SEEN = 20;
/** Repeated mail must not make it look surer than it is. */
const LEAST_DEVIATION = 0.3;

/** The probability from which on the shares above count. */
const SURELY = 0.99;

export function calibrate(spam: readonly number[], ham: readonly number[]): Calibration {
  const spreads = { spam: spreadOf(spam), ham: spreadOf(ham), caught: 0, mistaken: 0 };
  const share = (odds: readonly number[]): number =>
    odds.filter((each) => (probabilityOf(each, spreads) ?? 0) >= SURELY).length / Math.max(1, odds.length);
  return { ...spreads, caught: share(spam), mistaken: share(ham) };
}

function spreadOf(odds: readonly number[]): Spread {
  const seen = odds.length;
  const mean = odds.reduce((sum, each) => sum + each, 0) / Math.max(1, seen);
  const variance = odds.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, seen - 1);
  return { mean, deviation: Math.max(LEAST_DEVIATION, Math.sqrt(variance)), seen };
}

/** Undefined where the two do not differ enough to tell one from the other. */
export function probabilityOf(
  odds: number,
  { spam, ham }: Pick<Calibration, 'spam' | 'ham'>,
): number | undefined {
  const apart = spam.mean - ham.mean;
  const deviation = Math.max(spam.deviation, ham.deviation);
  if (apart < deviation || spam.seen < LEAST_SEEN || ham.seen < LEAST_SEEN) return undefined;
  const centred = odds - (spam.mean + ham.mean) / 2;
  return 1 / (1 + Math.exp((-centred * apart) / deviation ** 2));
}

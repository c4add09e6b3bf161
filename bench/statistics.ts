/** Medians, because one disturbed round must not move the figure. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The smallest number that at least this part of all are not above. @throws when there are no numbers */
export function quantileOf(numbers: readonly number[], part: number): number {
  const sorted = Float64Array.from(numbers).sort();
  const found = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
  if (found === undefined) throw new Error('no numbers, no quantile');
  return found;
}

/** @throws when there are no numbers */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error('no rounds, no median');
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, min, max };
}

/** @throws when there are no numbers */
export const medianOf = (numbers: readonly number[]): number => spreadOf(numbers).median;

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * The interval that contains the median of the distribution with a probability of at least 95 %, by order statistics
 * (the binomial sign test), so that nothing is assumed about the distribution.
 * @throws when there are fewer than 6 numbers, of which even all do not suffice
 */
export function medianIntervalOf(numbers: readonly number[]): Interval {
  const sorted = numbers.toSorted((a, b) => a - b);
  const count = sorted.length;
  if (count < 6) throw new Error('an interval of 95 % takes at least 6 rounds');
  let outside = 2 * 0.5 ** count;
  let term = 0.5 ** count;
  let rank = 0;
  for (;;) {
    term *= (count - rank) / (rank + 1);
    if (outside + 2 * term > 0.05) break;
    outside += 2 * term;
    rank += 1;
  }
  return { from: sorted[rank]!, to: sorted[count - 1 - rank]! };
}

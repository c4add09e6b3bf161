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

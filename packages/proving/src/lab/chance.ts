/** A random generator with a seed, so that a run can be repeated. Not for secrets. */
import type { Random } from '@mailpair/shared/platform/values/random';

export interface Chance extends Random {
  /**
   * An exponentially distributed value with this mean, for example the time until the next of many
   * independent events.
   */
  exponential(mean: number): number;
  /**
   * A log-normally distributed value with this median; `spread` is the standard deviation of its logarithm.
   */
  logNormal(median: number, spread: number): number;
  pick<T>(weighted: readonly (readonly [T, number])[]): T;
}

/** The generator is mulberry32 (public domain, 2^32 values). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    exponential: (mean) => -mean * Math.log(1 - next()),
    logNormal: (median, spread) =>
      median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
    pick(weighted) {
      let left = next() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of weighted) {
        left -= weight;
        if (left < 0) return value;
      }
      return weighted.at(-1)![0];
    },
  };
}

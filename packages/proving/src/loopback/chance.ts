/** A random generator with a seed, so that a row can be repeated. */
import { hash } from 'node:crypto';

export interface Chance {
  /** An integer from 1 to `most`. */
  upTo(most: number): number;
  /** A number in [0, 1). */
  next(): number;
  /** An independent generator, which is the same for the same seed and name. */
  of(name: string): Chance;
}

export function seededChance(seed: string): Chance {
  let drawn = 0;
  const next = (): number => {
    drawn += 1;
    return Number.parseInt(hash('sha256', `${seed}/${drawn}`).slice(0, 13), 16) / 2 ** 52;
  };
  return {
    next,
    upTo: (most) => 1 + Math.floor(next() * most),
    of: (name) => seededChance(`${seed}/${name}`),
  };
}

/** Chance that comes out the same for the same seed, so that a row can be played again. */
import { hash } from 'node:crypto';

export interface Chance {
  /** A whole number from 1 to `most`. */
  upTo(most: number): number;
  /** In [0, 1). */
  next(): number;
  /** One of its own, the same for the same name. */
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

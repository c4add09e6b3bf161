/** Randomness as an argument, so that a test can fix it. */
export interface Random {
  /** In [0, 1). */
  next(): number;
}

export const systemRandom: Random = { next: () => Math.random() };

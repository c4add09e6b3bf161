/**
 * Weights in a record set, which has none: who asks picks one of its addresses at random, so a node's share of the
 * answers is a matter of how long it stands in the set and beside how many. Pure, and without memory: the moment and
 * the weights say which nodes stand there, so a restart and a second process change nothing.
 *
 * The sets are nested: the k strongest nodes, for each k. With t_k the share that is due to the k-th, the set of k
 * stands for k·(t_k − t_(k+1)) of the time. These parts sum up to 1, the strongest node always stands there, and each
 * node gets exactly its share.
 */

/** Which part of the time the sets of 1, 2, … nodes stand; `weights` are above 0 and descend. */
export function partsOfSets(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight, index) => ((index + 1) * (weight - (weights[index + 1] ?? 0))) / sum);
}

/** How many of the strongest nodes stand in the set during a slot. */
export function sizeInSlot(slot: number, weights: readonly number[]): number {
  const parts = partsOfSets(weights);
  const turn = turnOf(slot);
  let end = 0;
  for (let size = weights.length; size > 1; size -= 1) {
    end += parts[size - 1]!;
    if (turn < end) return size;
  }
  return Math.min(1, weights.length);
}

/**
 * The place of a slot in [0, 1): multiples of the golden ratio, which spread more evenly than any others. So however
 * few slots one looks at, each set has had its part of them, nearly.
 */
const turnOf = (slot: number): number => (slot * GOLDEN) % 1;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Implements weights for a record set. DNS has no weights: a client picks one address at random, so the share
 * of a node depends on how long it is published and with how many others. Pure and without state: the time
 * and the weights determine the published nodes, so a restart or a second process makes the same choice.
 *
 * The sets are nested: for each k, the set of the k nodes with the greatest weights. If t_k is the share of
 * the k-th node, the set of size k is published for k·(t_k − t_(k+1)) of the time. These parts add up to 1,
 * the first node is always published, and each node gets exactly its share.
 */

/**
 * The fraction of time for which the set of 1, 2, … nodes is published. `weights` are positive and in
 * descending order.
 */
export function partsOfSets(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight, index) => ((index + 1) * (weight - (weights[index + 1] ?? 0))) / sum);
}

/** The number of nodes, in descending order of weight, that are published during a slot. */
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
 * Maps a slot to [0, 1) by multiples of the golden ratio, which have the most even distribution. Therefore
 * any sequence of slots contains each set in nearly the right proportion.
 */
const turnOf = (slot: number): number => (slot * GOLDEN) % 1;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

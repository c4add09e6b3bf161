/** A pair for the tests of one file: opened before them, closed after them. */
import { after, before } from 'mocha';
import { openPair, type Pair, type PairOptions } from './pair.ts';

export function usePair(options: PairOptions = {}): () => Pair {
  let pair: Pair | undefined;
  before(async () => {
    pair = await openPair(options);
  });
  after(() => pair?.close());
  return () => pair!;
}

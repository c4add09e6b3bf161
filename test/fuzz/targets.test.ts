import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Corpus } from './corpus.ts';
import type { Failure } from './failure.ts';
import { Fuzzer } from './fuzzer.ts';
import { targets } from './targets/all.ts';

/** The same on every run: what is new is for `npx pnpm@12 fuzz` to find. */
const SEED = 20_261_202;
const [INPUTS, SLOW_INPUTS] = [600, 24];

describe('mutated inputs', () => {
  for (const file of targets)
    it(`break nothing of ${file.name}`, async function () {
      this.timeout(120_000);
      const target = await file.open();
      try {
        const failures: Failure[] = [];
        const fuzzer = new Fuzzer({
          // How long something takes is for the program to judge, on a machine that does nothing else.
          target: { ...target, budgetMs: Infinity },
          isTimed: false,
          seed: SEED,
          corpus: new Corpus(null),
          coverage: null,
          failed: (failure) => void failures.push(failure),
        });
        await fuzzer.turn({ inputs: target.isSlow ? SLOW_INPUTS : INPUTS });
        expect(
          failures.map(({ kind, what, input }) => ({ kind, what, input: input?.toString('base64') })),
        ).to.deep.equal([]);
      } finally {
        await target.close?.();
      }
    });
});

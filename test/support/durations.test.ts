import { expect } from 'chai';
import { describe, it } from 'mocha';
import { deal, merge } from './durations.ts';

describe('test files', () => {
  it('are dealt out the longest first, each to the share that has the least to do', () => {
    const shares = deal(['a', 'b', 'c', 'd', 'e'], 2, { b: 9, c: 4, d: 4 });
    expect(shares).to.deep.equal([['b'], ['c', 'd', 'a', 'e']]);
  });

  it('are all dealt out, each once', () => {
    const files = Array.from({ length: 50 }, (_, n) => `${n}`);
    expect(deal(files, 3, { 7: 100 }).flat().sort()).to.deep.equal(files.sort());
  });
});

describe('the durations of test files', () => {
  it('are added up by file, replace what was known, and leave out what is short', () => {
    const known = { 'kept.ts': 5, 'now-short.ts': 8, 'measured.ts': 2 };
    expect(merge(known, 'measured.ts 2.40\nnow-short.ts 0.10\nmeasured.ts 1.20\n')).to.deep.equal({
      'kept.ts': 5,
      'measured.ts': 4,
    });
  });
});

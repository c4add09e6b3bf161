import { endsAfter, restartAfterMs } from '@mailpair/shared/gateway/workers/restart';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('a worker that ended', () => {
  it('is started again at once, and later the more often it ends soon', () => {
    let ends = 0;
    const waits = Array.from({ length: 10 }, () => restartAfterMs((ends = endsAfter(ends, 100))));
    expect(waits).to.deep.equal([0, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  });

  it('begins afresh when it was well for a while', () => {
    expect(restartAfterMs(endsAfter(9, 10_000))).to.equal(0);
  });
});

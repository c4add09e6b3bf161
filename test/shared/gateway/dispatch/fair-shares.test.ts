import { FairShares } from '@mailpair/shared/gateway/dispatch/fair-shares';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('FairShares', () => {
  it('count what began and has not ended, by name, and forget who has nothing', () => {
    const shares = new FairShares();
    for (const name of ['anna', 'bert', 'anna']) shares.begin(name);
    expect(['anna', 'bert', 'carl'].map(shares.activeOf)).to.deep.equal([2, 1, 0]);
    for (const name of ['anna', 'anna', 'bert']) shares.end(name);
    expect(['anna', 'bert'].map(shares.activeOf)).to.deep.equal([0, 0]);
  });
});

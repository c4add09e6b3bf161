import { FairShares } from '@mailpair/shared/fair-shares';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('Fair shares', () => {
  it('are had by who has so many attempts under way', () => {
    const shares = new FairShares(2, 10);
    shares.begin('a');
    expect(shares.hasShare('a')).to.equal(false);
    shares.begin('a');
    expect([shares.hasShare('a'), shares.hasShare('b')]).to.deep.equal([true, false]);
    shares.end('a');
    expect([shares.hasShare('a'), shares.activeOf('a')]).to.deep.equal([false, 1]);
  });

  it('let what was set aside be taken up in turn, in order, of those that have less than their share', () => {
    const shares = new FairShares(1, 10);
    for (const id of ['a1', 'a2', 'b1', 'c1', 'b2']) shares.setAside(id[0]!, id);
    shares.begin('c');
    const order = Array.from({ length: 5 }, () => shares.takeUp());
    expect(order).to.deep.equal(['a1', 'b1', 'a2', 'b2', undefined]);
    shares.end('c');
    expect([shares.has('c1'), shares.takeUp(), shares.has('c1'), shares.size]).to.deep.equal([
      true,
      'c1',
      false,
      0,
    ]);
  });

  it('set aside no more than there is room for', () => {
    const shares = new FairShares(1, 2);
    expect(['1', '2', '3'].map((id) => shares.setAside('a', id))).to.deep.equal([true, true, false]);
    expect([shares.has('3'), shares.size]).to.deep.equal([false, 2]);
  });
});

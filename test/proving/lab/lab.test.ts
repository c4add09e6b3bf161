import { expect } from 'chai';
import { describe, it } from 'mocha';
import { runLab } from '@mailpair/proving/lab/lab';
import { policyNames } from '@mailpair/proving/lab/policies';
import { usual } from './scenarios.ts';

const quiet = { ...usual, minutes: 3, strangersPerSecond: 10 };

describe('the balance lab', () => {
  it('comes out the same for the same seed, and differently for another', () => {
    expect(runLab('pair', quiet)).to.deep.equal(runLab('pair', quiet));
    expect(runLab('pair', quiet)).not.to.deep.equal(runLab('pair', { ...quiet, seed: 2 }));
  });

  it('loses nothing by any policy', () => {
    for (const policy of policyNames)
      expect(runLab(policy, { ...quiet, strangersPerSecond: 90 }).lost, policy).to.equal(0);
  });

  it('puts nothing off when there is little to do', () => {
    for (const policy of policyNames)
      expect(runLab(policy, quiet).putOff.all, policy).to.be.below(policy === 'round-robin' ? 0.1 : 0.01);
  });

  it('sends nothing but spam to the second host while the first has room', () => {
    const shares = { ...usual.shares, spammer: 0 };
    expect(runLab('mx-only', { ...quiet, shares }).outboundShare).to.equal(0);
  });

  it('takes at overload what both hosts can carry', () => {
    const { perSecond } = runLab('pair', { ...usual, minutes: 5, strangersPerSecond: 90 });
    expect(perSecond).to.be.within(0.85 * 48, 50);
  });
});

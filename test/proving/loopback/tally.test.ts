import { percentile, tallyOf } from '@mailpair/proving/loopback/tally';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { verdict } from '../../support/verdict.ts';

describe('a tally', () => {
  it('counts every fate, every copy too many and who took it', () => {
    const fates = ['arrived', 'arrived', 'lost', 'refused', 'bounced', 'given up', 'waiting'] as const;
    const tally = tallyOf([
      ...fates.map((fate) => verdict({ fate })),
      verdict({ duplicates: 2, inFlight: 1, altered: true, by: 'outbound' }),
      verdict({ by: 'inbound', delayMs: 7 }),
    ]);
    expect(tally).to.deep.equal({
      recipients: 9,
      arrived: 4,
      lost: 1,
      duplicated: 2,
      inFlight: 1,
      altered: 1,
      refused: 1,
      bounced: 1,
      givenUp: 1,
      waiting: 1,
      p50Ms: 7,
      p99Ms: 7,
      byInbound: 1,
      byOutbound: 1,
    });
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is one of the values', () => {
    expect(percentile(hundred, 0.5)).to.equal(50);
    expect(percentile(hundred, 0.99)).to.equal(99);
    expect(percentile([3, 1, 2], 0.5)).to.equal(2);
    expect(percentile([5], 0.99)).to.equal(5);
    expect(percentile([], 0.5)).to.equal(null);
  });

  it('is exceeded by no more than the rest of them', () => {
    const values = fc.array(fc.integer(), { minLength: 1 });
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, share, (all, of) => {
        const value = percentile(all, of)!;
        expect(all).to.include(value);
        expect(all.filter((each) => each <= value).length).to.be.at.least(Math.floor(of * all.length));
        expect(all.filter((each) => each < value).length).to.be.below(of * all.length + 1e-9);
      }),
    );
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { newest, type Knowledge } from '@mailpair/shared/directory/recipients/knowledge';

const knowledge: fc.Arbitrary<Knowledge> = fc.record({ valid: fc.boolean(), learnedAt: fc.nat(3) });

describe('what two gateways know of a recipient, put together', () => {
  it('is the later lesson', () => {
    const [early, late] = [
      { valid: true, learnedAt: 1 },
      { valid: false, learnedAt: 2 },
    ];
    expect(newest(early, late)).to.equal(late);
    expect(newest(late, early)).to.equal(late);
  });

  it('is valid when both are of the same moment, for a refusal is for good', () => {
    expect(newest({ valid: false, learnedAt: 1 }, { valid: true, learnedAt: 1 }).valid).to.equal(true);
  });

  it('is the same whoever tells whom, in which order and how often', () => {
    fc.assert(
      fc.property(knowledge, knowledge, knowledge, (a, b, c) => {
        expect(newest(a, b)).to.deep.equal(newest(b, a));
        expect(newest(newest(a, b), c)).to.deep.equal(newest(a, newest(b, c)));
        expect(newest(newest(a, b), b)).to.deep.equal(newest(a, b));
        expect(newest(a, a)).to.equal(a);
      }),
    );
  });
});

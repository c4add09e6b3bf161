import { bayesCheck } from '@mailpair/shared/filter/bayes/check';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { factsWith } from '../../../support/inquiries.ts';

const check = bayesCheck({ roles: ['mx'], likely: 2, veryLikely: 4, sure: 5, ham: 1, onFault: 'accept' });
const judge = (spam: number) => check.judge(factsWith({ bayes: { spam, counted: 12, tokens: 80 } }));

describe('the check by what was learnt', () => {
  it('scores by how sure the classifier is', () => {
    const scores = [0, 0.01, 0.02, 0.5, 0.94, 0.95, 0.99, 0.999, 1].map((spam) => judge(spam)[0]?.score ?? 0);
    expect(scores).to.deep.equal([-1, -1, 0, 0, 0, 2, 4, 5, 5]);
  });

  it('says how sure, and by how much', () => {
    expect(judge(0.9987)).to.deep.equal([
      { rule: 'bayes.very-likely', score: 4, evidence: '99.87 % likely to be spam, by 12 of 80 words' },
    ]);
  });

  it('finds nothing where nothing was asked', () => {
    expect(check.judge(factsWith({}))).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { qualityOf } from '../../bench/classifier/quality.ts';

const scored = (spam: readonly number[], ham: readonly number[]) => [
  ...spam.map((score) => ({ spam: true, score })),
  ...ham.map((score) => ({ spam: false, score })),
];

describe('the quality of scores', () => {
  it('is the recall at so many false positives, ties counting as missed', () => {
    const ham = Array.from({ length: 1_000 }, (_, n) => n / 1_000);
    const { recallAt } = qualityOf(scored([0.998, 0.9985, 0.999, 1, 0.5], ham));
    expect(recallAt(0)).to.equal(1 / 5);
    expect(recallAt(0.001)).to.equal(3 / 5);
    expect(recallAt(0.6)).to.equal(1);
  });

  it('is the probability that spam scores higher', () => {
    expect(qualityOf(scored([2, 3], [0, 1])).auc).to.equal(1);
    expect(qualityOf(scored([1], [1])).auc).to.equal(0.5);
    expect(qualityOf(scored([0, 2], [1, 1])).auc).to.equal(0.5);
  });
});

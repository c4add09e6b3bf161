import { expect } from 'chai';
import { describe, it } from 'mocha';
import { quantileOf, spreadOf } from '../../bench/statistics.ts';

describe('The spread of the rounds', () => {
  it('has the middle one of an odd number, whatever their order', () => {
    expect(spreadOf([9, 1, 5])).to.deep.equal({ median: 5, min: 1, max: 9 });
  });

  it('has the mean of the two in the middle of an even number', () => {
    expect(spreadOf([4, 1, 2, 100])).to.deep.equal({ median: 3, min: 1, max: 100 });
  });

  it('is not made of nothing', () => {
    expect(() => spreadOf([])).to.throw('no rounds');
  });
});

describe('A quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is the number that so many are not above', () => {
    expect([0.5, 0.99, 1].map((part) => quantileOf(hundred, part))).to.deep.equal([50, 99, 100]);
    expect(quantileOf([7], 0.99)).to.equal(7);
  });

  it('is not made of nothing', () => {
    expect(() => quantileOf([], 0.5)).to.throw('no numbers');
  });
});

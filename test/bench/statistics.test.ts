import { expect } from 'chai';
import { describe, it } from 'mocha';
import { medianIntervalOf, quantileOf, spreadOf } from '../../bench/statistics.ts';

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

describe('The 95 % interval of a median', () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);

  it('has the ranks of the tables of the sign test', () => {
    expect(medianIntervalOf(upTo(6))).to.deep.equal({ from: 1, to: 6 });
    expect(medianIntervalOf(upTo(15))).to.deep.equal({ from: 4, to: 12 });
    expect(medianIntervalOf(upTo(20))).to.deep.equal({ from: 6, to: 15 });
    expect(medianIntervalOf(upTo(50))).to.deep.equal({ from: 18, to: 33 });
  });

  it('needs six numbers', () => {
    expect(() => medianIntervalOf(upTo(5))).to.throw('at least 6');
  });
});

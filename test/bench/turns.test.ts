import { expect } from 'chai';
import { describe, it } from 'mocha';
import { turnsOf } from '../../bench/turns.ts';

describe('the turns of a bench', () => {
  it('go there and back, round by round, so that none always follows the same one', () => {
    const contenders = ['a', 'b', 'c'];
    const rounds = [1, 2, 3, 4].map((round) => turnsOf(contenders, round).join(''));
    expect(rounds).to.deep.equal(['abc', 'cba', 'abc', 'cba']);
    expect(contenders).to.deep.equal(['a', 'b', 'c']);
  });
});

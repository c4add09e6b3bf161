import { expect } from 'chai';
import { describe, it } from 'mocha';
import { inTurns } from '../../bench/turns.ts';

describe('the turns of a bench', () => {
  it('go there and back, round by round, so that none always follows the same one', async () => {
    const contenders = ['a', 'b', 'c'];
    const told: string[] = [];
    const order: string[] = [];
    await inTurns(contenders, { rounds: 4, tell: (line) => told.push(line) }, (contender) => {
      order.push(contender);
      return Promise.resolve(`${contender} is measured`);
    });
    expect(order.join('')).to.equal('abccbaabccba');
    expect(told.slice(2, 4)).to.deep.equal([
      '  round 1 of 4: c is measured',
      '  round 2 of 4: c is measured',
    ]);
    expect(contenders).to.deep.equal(['a', 'b', 'c']);
  });
});

import { afterLook, isUndecided, notLookedAt } from '@mailpair/planner/dns-rr/health';
import type { Answer } from '@mailpair/planner/dns-rr/health';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const patience = { deadAfter: 3, backAfter: 2 };
const after = (...answers: readonly Answer[]) =>
  answers.reduce((health, answer) => afterLook(health, answer, patience), notLookedAt);

describe('the health of an address', () => {
  it('is alive after its first answer', () => {
    expect(after('yes').alive).to.equal(true);
  });

  it('is dead after so many looks in a row without an answer, and not before', () => {
    expect(after('yes', 'no', 'no').alive).to.equal(true);
    expect(after('yes', 'no', 'no', 'yes', 'no', 'no').alive).to.equal(true);
    expect(after('yes', 'no', 'no', 'no').alive).to.equal(false);
  });

  it('is back after so many looks in a row with an answer, and not before', () => {
    const dead: readonly Answer[] = ['yes', 'no', 'no', 'no'];
    expect(after(...dead, 'yes').alive).to.equal(false);
    expect(after(...dead, 'yes', 'no', 'yes').alive).to.equal(false);
    expect(after(...dead, 'yes', 'yes').alive).to.equal(true);
  });

  it('is undecided from the first look without an answer to the last that is needed', () => {
    expect(
      ['no', 'no', 'no'].map((_, count) => isUndecided(after(...Array<Answer>(count).fill('no')))),
    ).to.deep.equal([false, true, true]);
    expect(isUndecided(after('no', 'no', 'no'))).to.equal(false);
    expect(after('no', 'no', 'no').alive).to.equal(false);
  });

  it('is what it was when nothing can be told from here', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Answer>('yes', 'no')), (answers) => {
        expect(after(...answers, 'unknown')).to.deep.equal(after(...answers));
      }),
    );
  });

  it('changes only after as many looks as it takes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Answer>('yes', 'no', 'unknown'), { maxLength: 50 }), (answers) => {
        const told = answers.filter((answer) => answer !== 'unknown');
        const { alive } = after(...answers);
        if (alive === true && told.includes('no')) expect(told.slice(-3)).to.include('yes');
        if (alive === false) expect(told.slice(-patience.backAfter)).to.include('no');
      }),
    );
  });
});

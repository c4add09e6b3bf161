import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  greetingTurn,
  MOST_WAIT_MS,
  mostWaiting,
  waitMs,
  type Turn,
  type TurnFacts,
} from '@mailpair/shared/pair/greeting-turn';

const rules = { budget: 0.8, limit: 0.95, shed: true };
const stranger: TurnFacts = {
  isKnown: false,
  strain: 1,
  submissions: 0,
  waitedMs: undefined,
  waiting: 0,
  mostWaiting: 10,
  hasSibling: false,
  random: 0.5,
};
const turnOf = (facts: Partial<TurnFacts>): Turn => greetingTurn({ ...stranger, ...facts }, rules);
const chance = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('the greeting', () => {
  it('comes at once up to the budget, and to known clients whatever the strain', () => {
    expect(turnOf({ strain: 0.8, random: 0 })).to.equal('greet');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), chance, (strain, random) => {
        expect(turnOf({ isKnown: true, strain, random, waiting: 10 })).to.equal('greet');
      }),
    );
  });

  it('comes to the fewer strangers the more strain there is', () => {
    expect(turnOf({ strain: 0.9, random: 0.49 })).to.equal('wait');
    expect(turnOf({ strain: 0.9, random: 0.51 })).to.equal('greet');
    expect(turnOf({ strain: 0.99, random: 0.9 })).to.equal('wait');
  });

  it('comes to known clients after submitters that wait, and before strangers', () => {
    expect(turnOf({ isKnown: true, submissions: 0.9, random: 0 })).to.equal('greet');
    expect(turnOf({ isKnown: false, strain: 0.9, submissions: 0.9, random: 0 })).to.equal('wait');
    expect(turnOf({ isKnown: true, submissions: 0.95, random: 0.4 })).to.equal('wait');
    expect(turnOf({ isKnown: true, submissions: 1, waitedMs: MOST_WAIT_MS })).to.equal('defer');
  });

  it('is waited for up to twenty seconds, and then the client is asked to come back', () => {
    expect(turnOf({ waitedMs: MOST_WAIT_MS - 1 })).to.equal('wait');
    expect(turnOf({ waitedMs: MOST_WAIT_MS })).to.equal('defer');
    expect(turnOf({ waitedMs: MOST_WAIT_MS, strain: 0.5 })).to.equal('greet');
  });

  it('is waited for by so many strangers only', () => {
    expect(turnOf({ waiting: 9 })).to.equal('wait');
    expect(turnOf({ waiting: 10 })).to.equal('defer');
    expect(turnOf({ waiting: 10, waitedMs: 5_000 }), 'one that waits already stays').to.equal('wait');
  });

  it('comes at last to a client whose balancer has another node with room', () => {
    expect(turnOf({ hasSibling: true })).to.equal('wait');
    expect(turnOf({ hasSibling: true, waiting: 10 })).to.equal('greet');
    expect(turnOf({ hasSibling: true, waitedMs: MOST_WAIT_MS })).to.equal('greet');
  });

  it('may be waited for in a quarter of the sessions, shared by the workers', () => {
    expect(mostWaiting(1_000, 1)).to.equal(250);
    expect(mostWaiting(1_000, 4)).to.equal(62);
    expect(mostWaiting(1, 8)).to.equal(1);
  });

  it('is decided on again after half a second to one and a half', () => {
    expect([waitMs(0), waitMs(0.5), waitMs(0.999)]).to.deep.equal([500, 1_000, 1_499]);
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  greetingTurn,
  mostWaitMs,
  mostWaiting,
  waitMs,
  type Turn,
  type TurnFacts,
} from '@mailpair/shared/gateway/pair/greeting-turn';

const MOST_MS = mostWaitMs('unknown');
const client: TurnFacts = {
  hasPlace: false,
  waitedMs: undefined,
  mostMs: MOST_MS,
  waiting: 0,
  mostWaiting: 10,
  hasSibling: false,
};
const turnOf = (facts: Partial<TurnFacts>): Turn => greetingTurn({ ...client, ...facts });

describe('the greeting', () => {
  it('comes at once while there is a place, however many wait', () => {
    expect(turnOf({ hasPlace: true, waiting: 10 })).to.equal('greet');
    expect(turnOf({ hasPlace: true, waitedMs: MOST_MS })).to.equal('greet');
  });

  it('is waited for up to twenty seconds, and then the client is asked to come back', () => {
    expect(turnOf({ waitedMs: MOST_MS - 1 })).to.equal('wait');
    expect(turnOf({ waitedMs: MOST_MS })).to.equal('defer');
  });

  it('is waited for briefly by a client that is soon at the other MX', () => {
    expect([mostWaitMs('unknown'), mostWaitMs('waits'), mostWaitMs('moves')]).to.deep.equal([
      20_000, 20_000, 3_000,
    ]);
  });

  it('is waited for by so many clients only', () => {
    expect(turnOf({ waiting: 9 })).to.equal('wait');
    expect(turnOf({ waiting: 10 })).to.equal('defer');
    expect(turnOf({ waiting: 10, waitedMs: 5_000 }), 'one that waits already stays').to.equal('wait');
  });

  it('comes at last to a client whose balancer has another node with room', () => {
    expect(turnOf({ hasSibling: true })).to.equal('wait');
    expect(turnOf({ hasSibling: true, waiting: 10 })).to.equal('greet');
    expect(turnOf({ hasSibling: true, waitedMs: MOST_MS })).to.equal('greet');
  });

  it('may be waited for in a quarter of the sessions', () => {
    expect(mostWaiting(1_000)).to.equal(250);
    expect(mostWaiting(62.5)).to.equal(15);
    expect(mostWaiting(1)).to.equal(1);
  });

  it('is decided on again after half a second to one and a half', () => {
    expect([waitMs(0), waitMs(0.5), waitMs(0.999)]).to.deep.equal([500, 1_000, 1_499]);
  });
});

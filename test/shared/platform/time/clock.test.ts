import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { turnClock } from '@mailpair/shared/platform/time/clock';

function work(ms: number): void {
  for (const until = Date.now() + ms; Date.now() < until;);
}

describe('the clock of a turn', () => {
  it('stands still while a turn works, also in what it left for its end', async () => {
    const at = turnClock.now();
    work(5);
    await Promise.resolve();
    expect(turnClock.now()).to.equal(at);
  });

  it('is right again in the next turn', async () => {
    turnClock.now();
    work(5);
    await nextTurn();
    const right = Date.now();
    expect(turnClock.now()).to.be.within(right, right + 1_000);
  });

  it('is right when nobody has asked for a while', async () => {
    turnClock.now();
    await pause(20);
    const right = Date.now();
    expect(turnClock.now()).to.be.within(right, right + 1_000);
  });
});

import { sendLater, type LateWriter } from '@mailpair/shared/platform/fast/late-writes';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';

describe('late writes', () => {
  let sent: number[];
  const writer = (n: number): LateWriter => ({ sendNow: () => void sent.push(n) });

  beforeEach(() => {
    sent = [];
  });

  it('leave at the end of the turn, in the order of asking', async () => {
    for (const n of [1, 2, 3]) sendLater(writer(n));
    await Promise.resolve();
    expect(sent).to.deep.equal([]);
    await new Promise(setImmediate);
    expect(sent).to.deep.equal([1, 2, 3]);
    sendLater(writer(4));
    await new Promise(setImmediate);
    expect(sent).to.deep.equal([1, 2, 3, 4]);
  });

  it('are not asked for by the call that announces them, however many wait', async () => {
    const early: number[] = [];
    for (let n = 0; n < 200; n += 1) {
      let isReady = false;
      sendLater({ sendNow: () => void (isReady ? sent : early).push(n) });
      isReady = true;
    }
    await new Promise(setImmediate);
    expect([early.length, sent.length]).to.deep.equal([0, 200]);
  });

  it('do not wait for a crowd', async () => {
    const all = Array.from({ length: 100 }, (_, n) => n);
    for (const n of all) sendLater(writer(n));
    expect(sent).to.deep.equal(all.slice(0, 64));
    await new Promise(setImmediate);
    expect(sent).to.deep.equal(all);
  });
});

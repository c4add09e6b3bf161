import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { addWork, boundsOf, isBusy, nextCost, noWork } from '@mailpair/shared/gateway/pair/message-cost';

const work = (messages: number, cpuSeconds: number) => ({ messages, cpuSeconds, dutyMessages: 0 });

describe('what a message costs', () => {
  it('is learnt in busy intervals only: 20 messages, and a fifth of a core', () => {
    expect(isBusy(work(20, 2), 10_000)).to.equal(true);
    expect(isBusy(work(19, 9), 10_000)).to.equal(false);
    expect(isBusy(work(500, 1.9), 10_000)).to.equal(false);
    expect(isBusy(noWork, 10_000)).to.equal(false);
  });

  it('is at first what the first interval says, and an average afterwards', () => {
    const bounds = boundsOf(undefined);
    const first = nextCost(undefined, work(100, 2), bounds);
    expect(first).to.equal(0.02);
    expect(nextCost(first, work(100, 4), bounds)).to.be.closeTo(0.022, 1e-9);
  });

  it('is CPU time of the messages, not throughput: half as many messages for half the time cost the same', () => {
    const bounds = boundsOf(undefined);
    expect(nextCost(0.01, work(1_000, 10), bounds)).to.be.closeTo(0.01, 1e-12);
    expect(nextCost(0.01, work(250, 2.5), bounds)).to.be.closeTo(0.01, 1e-12);
  });

  it('stays within half and twice what was measured, whatever the intervals say', () => {
    const bounds = boundsOf(0.01);
    const some = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1e6, noNaN: true })),
    );
    fc.assert(
      fc.property(some, (intervals) => {
        let cost: number | undefined;
        for (const each of intervals) {
          cost = nextCost(cost, work(...each), bounds);
          expect(cost).to.be.within(0.005, 0.02);
        }
      }),
    );
    expect(nextCost(0.01, work(1, 1e6), boundsOf(undefined))).to.be.below(0.1);
  });

  it('is that of all workers together', () => {
    expect(addWork(work(10, 1), { messages: 5, cpuSeconds: 2, dutyMessages: 3 })).to.deep.equal({
      messages: 15,
      cpuSeconds: 3,
      dutyMessages: 3,
    });
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Gcra } from '@mailpair/shared/platform/values/gcra';

const rate = { count: 3, perMs: 3_000 };

describe('a rate', () => {
  it('allows its burst, then one after each part of its time', () => {
    const gcra = new Gcra(10);
    const waits = [0, 0, 0, 0, 400, 1_000, 1_000].map((now) => gcra.take('a', now, rate));
    expect(waits).to.deep.equal([0, 0, 0, 1_000, 600, 0, 1_000]);
    expect(gcra.take('b', 1_000, rate)).to.equal(0);
  });

  it('is never exceeded: in each of its times at most its count and what comes back meanwhile', () => {
    const steps = fc.array(fc.nat(1_500), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), (pauses, count) => {
        const gcra = new Gcra(10);
        const perMs = 3_000;
        let now = 1_000_000;
        const taken: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const wait = gcra.take('a', now, { count, perMs });
          expect(wait).to.be.within(0, perMs);
          if (wait === 0) taken.push(now);
          else expect(gcra.take('a', now + wait - 1, { count, perMs })).to.be.above(0);
        }
        for (const [from, at] of taken.entries())
          for (const [to, until] of taken.entries())
            if (to >= from)
              expect(to - from + 1).to.be.at.most(count + ((until - at) * count) / perMs + 1e-6);
      }),
    );
  });

  it('makes nobody wait who keeps to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(500)), (count, delays) => {
        const gcra = new Gcra(10);
        let now = 5_000;
        for (const delay of delays) {
          now += Math.ceil(3_000 / count) + delay;
          expect(gcra.take('a', now, { count, perMs: 3_000 })).to.equal(0);
        }
      }),
    );
  });

  it('counts again as soon as it says', () => {
    const gcra = new Gcra(10);
    for (let i = 0; i < 3; i += 1) gcra.take('a', 10, rate);
    const wait = gcra.take('a', 10, rate);
    expect(gcra.take('a', 10 + wait, rate)).to.equal(0);
  });

  it('keeps nobody out for long when the clock is set back', () => {
    const gcra = new Gcra(10);
    for (let i = 0; i < 3; i += 1) gcra.take('a', 100_000_000, rate);
    expect(gcra.take('a', 0, rate)).to.be.within(1, 1_000);
    expect(gcra.take('a', 3_000, rate)).to.equal(0);
  });

  it('is spent also beyond what is there, says what is left, and is given back', () => {
    const gcra = new Gcra(10);
    expect(gcra.spend('a', 0, rate, 2)).to.equal(1);
    expect(gcra.spend('a', 0, rate, 2)).to.equal(0);
    gcra.give('a', 0, rate, 2);
    expect(gcra.spend('a', 0, rate, 1)).to.equal(1);
    gcra.give('a', 0, rate, 100);
    expect(gcra.spend('a', 0, rate, 0)).to.equal(3);
  });

  it('is kept for so many keys only, and those not heard of for the longest start afresh', () => {
    const gcra = new Gcra(100);
    for (let count = 0; count < 1_000; count += 1) {
      gcra.spend('often', 0, { count: 10_000, perMs: 1 }, 1);
      expect(gcra.take('refused', 0, { count: 1, perMs: 1 })).to.equal(count === 0 ? 0 : 1);
      gcra.spend(`once ${count}`, 0, rate, 1);
      expect(gcra.size).to.be.at.most(101);
    }
    expect(gcra.spend('often', 0, { count: 10_000, perMs: 1 }, 0)).to.be.closeTo(9_000, 0.001);
    expect(gcra.spend('once 0', 0, rate, 0)).to.equal(3);
    expect(gcra.spend('once 999', 0, rate, 0)).to.equal(2);
  });
});

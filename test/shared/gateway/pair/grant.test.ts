import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { asGranted, freshMs, Grant, rateOf } from '@mailpair/shared/gateway/pair/grant';

const FRESH = freshMs(1_000);

describe('what a partner grants', () => {
  const partner = { grant: 12, lastBeatAt: 10_000, headroom: 0.5 };

  it('holds for three seconds after its heartbeat, and for three of them where they are rarer', () => {
    expect(rateOf(partner, 13_000, FRESH)).to.equal(12);
    expect(rateOf(partner, 13_001, FRESH)).to.equal(0);
    expect(rateOf({ ...partner, lastBeatAt: null }, 10_000, FRESH)).to.equal(0);
    expect(rateOf(partner, 24_999, freshMs(5_000))).to.equal(12);
  });

  it('is without a limit where it does not say', () => {
    expect(rateOf({ ...partner, grant: null }, 99_000, FRESH)).to.equal(Infinity);
  });

  it('is room for the door, or none', () => {
    const [some, none, old, silent] = asGranted(
      [partner, { ...partner, grant: 0 }, { ...partner, lastBeatAt: 1 }, { ...partner, grant: null }],
      11_000,
      FRESH,
    );
    expect([some, none, old, silent].map((each) => each!.headroom)).to.deep.equal([0.5, 0, 0, 0.5]);
  });
});

describe('tokens of a grant', () => {
  it('come as fast as the grant says, and a second’s worth may be spent at once', () => {
    let now = 0;
    const grant = new Grant(
      () => 10,
      () => now,
    );
    const spend = (): number => {
      let count = 0;
      while (grant.take()) count += 1;
      return count;
    };
    expect(spend()).to.equal(10);
    now = 500;
    expect(spend()).to.equal(5);
    now = 60_000;
    expect(spend()).to.equal(10);
  });

  it('are enough for a client now and then when the grant is below one a second', () => {
    let now = 0;
    const grant = new Grant(
      () => 0.5,
      () => now,
    );
    expect(grant.take()).to.equal(true);
    now = 1_900;
    expect(grant.take()).to.equal(false);
    now = 2_100;
    expect(grant.take()).to.equal(true);
  });

  it('are gone when nothing is granted any more, and without end where there is no limit', () => {
    let rate = 10;
    const grant = new Grant(
      () => rate,
      () => 0,
    );
    expect(grant.take()).to.equal(true);
    rate = 0;
    expect(grant.take()).to.equal(false);
    rate = Infinity;
    expect(grant.take()).to.equal(true);
  });

  it('are never more than the rate over any time, beyond one burst', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(steps, fc.double({ min: 0.1, max: 50, noNaN: true }), (pauses, rate) => {
        let now = 0;
        const grant = new Grant(
          () => rate,
          () => now,
        );
        let spent = 0;
        for (const pause of pauses) {
          now += pause;
          while (grant.take()) spent += 1;
        }
        expect(spent).to.be.at.most(Math.max(1, rate) + (rate * now) / 1_000 + 1e-6);
      }),
    );
  });
});

import { nextAttemptAt } from '@mailpair/shared/spool/schedule/retry';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const settings = { retryFirstMs: 60_000, retryFactor: 2, retryMaxMs: 3_600_000 };
const delay = (attempts: number, random: number): number =>
  nextAttemptAt({ attempts, now: 1_000_000, random, settings }) - 1_000_000;

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempts = fc.integer({ min: 1, max: 5_000 });
const anySettings = fc.record({
  retryFirstMs: fc.integer({ min: 1, max: 3_600_000 }),
  retryFactor: fc.double({ min: 1, max: 10, noNaN: true }),
  retryMaxMs: fc.integer({ min: 1, max: 86_400_000 }),
});

describe('When to try again', () => {
  it('waits the first delay after the first attempt and a factor longer after each further one', () => {
    expect([1, 2, 3, 4].map((count) => delay(count, 0.5))).to.deep.equal([60_000, 120_000, 240_000, 480_000]);
  });

  it('never waits longer than the maximum and its jitter', () => {
    expect(delay(7, 0.5)).to.equal(3_600_000);
    expect(delay(5_000, 0.5)).to.equal(3_600_000);
  });

  it('spreads by a fifth either way', () => {
    expect(delay(1, 0)).to.equal(48_000);
    expect(delay(1, 0.75)).to.equal(66_000);
    expect(delay(1, 1 - Number.EPSILON)).to.be.within(71_999, 72_000);
  });

  it('stays within a fifth of the backoff, whatever the settings', () => {
    fc.assert(
      fc.property(anySettings, attempts, random, (settings, attempts, random) => {
        const { retryFirstMs, retryFactor, retryMaxMs } = settings;
        const backoff = Math.min(retryFirstMs * retryFactor ** (attempts - 1), retryMaxMs);
        const at = nextAttemptAt({ attempts, now: 5_000, random, settings });
        expect(at - 5_000).to.be.within(Math.floor(backoff * 0.8), Math.ceil(backoff * 1.2));
        expect(Number.isSafeInteger(at)).to.equal(true);
      }),
    );
  });

  it('never waits shorter after one more attempt, with the same luck', () => {
    fc.assert(
      fc.property(anySettings, attempts, random, (settings, attempts, random) => {
        const facts = { now: 0, random, settings };
        expect(nextAttemptAt({ ...facts, attempts: attempts + 1 })).to.be.at.least(
          nextAttemptAt({ ...facts, attempts }),
        );
      }),
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { isOutlier, noRecord, recorded, type ServerRecord } from '@mailpair/shared/smtp/route/server-record';

/** After so many attempts that took so long each; null of one that failed. */
const after = (count: number, tookMs: number | null, before = noRecord): ServerRecord =>
  Array.from({ length: count }).reduce<ServerRecord>((record) => recorded(record, tookMs), before);

describe('the record of a local server', () => {
  it('averages the first attempts evenly', () => {
    const record = [10, 20, 60].reduce<ServerRecord>(recorded, noRecord);
    expect(record.latencyMs).to.be.closeTo(30, 1e-9);
    expect(record).to.include({ attempts: 3, errorRate: 0 });
  });

  it('counts a failure as an error and not as a time', () => {
    const record = recorded(after(1, 10), null);
    expect(record).to.deep.equal({ attempts: 2, errorRate: 0.5, latencyMs: 10 });
  });

  it('forgets what was long ago', () => {
    const record = after(100, 5, after(100, null));
    expect(record.errorRate).to.be.below(0.01);
  });

  it('stays between what was seen', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 1, max: 60_000 })), { minLength: 1 }), (attempts) => {
        const record = attempts.reduce<ServerRecord>(recorded, noRecord);
        expect(record.errorRate).to.be.within(0, 1);
        const times = attempts.filter((tookMs) => tookMs !== null);
        if (times.length > 0)
          expect(record.latencyMs).to.be.within(Math.min(...times) - 1e-6, Math.max(...times) + 1e-6);
      }),
    );
  });
});

describe('an outlier', () => {
  const usual = after(20, 20);

  it('takes four times as long as is usual, and half a second more', () => {
    expect(isOutlier(after(20, 521), [usual])).to.equal(true);
    expect(isOutlier(after(20, 500), [usual])).to.equal(false);
    const slow = after(20, 1_000);
    expect(isOutlier(after(20, 4_001), [slow])).to.equal(true);
    expect(isOutlier(after(20, 3_900), [slow])).to.equal(false);
  });

  it('errs far more often than is usual', () => {
    const erring: ServerRecord = { ...usual, errorRate: 0.21 };
    expect(isOutlier(erring, [usual])).to.equal(true);
    expect(isOutlier(erring, [{ ...usual, errorRate: 0.02 }])).to.equal(false);
  });

  it('is nobody as long as it, or all others, have been tried too little', () => {
    expect(isOutlier(after(19, 60_000), [usual])).to.equal(false);
    expect(isOutlier(after(20, 60_000), [after(19, 20)])).to.equal(false);
    expect(isOutlier(after(20, 60_000), [])).to.equal(false);
  });

  it('is never one that is as the others are', () => {
    fc.assert(
      fc.property(
        fc.record({
          attempts: fc.constant(20),
          errorRate: fc.double({ min: 0, max: 1, noNaN: true }),
          latencyMs: fc.nat(60_000),
        }),
        fc.integer({ min: 1, max: 5 }),
        (record, count) => {
          expect(
            isOutlier(
              record,
              Array.from({ length: count }, () => record),
            ),
          ).to.equal(false);
        },
      ),
    );
  });
});

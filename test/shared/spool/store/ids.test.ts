import { createIds } from '@mailpair/shared/spool/store/ids';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const clockOf = (times: readonly number[]) => {
  let index = 0;
  return { now: () => times[Math.min(index++, times.length - 1)] ?? 0 };
};
const randomOf = (value: number) => ({ next: () => value });

describe('Ids of entries', () => {
  it('are 17 letters and digits of Crockford’s base 32', () => {
    const id = createIds({ clock: clockOf([Date.UTC(2029, 0, 1)]), slot: 3 })();
    expect(id).to.match(/^[0-9A-HJKMNP-TV-Z]{17}$/);
  });

  it('sort in the order they were made and never repeat, whatever the clock does', () => {
    const steps = fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 42 }), steps, (start, steps) => {
        let now = start;
        const next = createIds({ clock: { now: () => now }, slot: 0 });
        const made = steps.map((step) => {
          now = Math.max(0, now + step);
          return next();
        });
        expect(made).to.deep.equal([...new Set(made)].sort());
      }),
    );
  });

  it('do not repeat when far more are made in a millisecond than it has room for', () => {
    const next = createIds({ clock: clockOf([1_000]), slot: 0 });
    const made = Array.from({ length: 5_000 }, next);
    expect(made).to.deep.equal([...new Set(made)].sort());
  });

  it('follow the clock again once it has caught up', () => {
    const next = createIds({ clock: clockOf([1_000, 500, 2_000]), random: randomOf(0), slot: 0 });
    const fresh = createIds({ clock: clockOf([2_000]), random: randomOf(0), slot: 0 });
    next();
    next();
    expect(next()).to.equal(fresh());
  });

  it('differ between slots, and between makers by chance, in the same millisecond', () => {
    const at = (slot: number, random: number) =>
      createIds({ clock: clockOf([1_000]), random: randomOf(random), slot })();
    const made = [at(0, 0), at(1, 0), at(1_023, 0), at(0, 0.5), at(0, 0.999_999)];
    expect(new Set(made).size).to.equal(made.length);
  });
});

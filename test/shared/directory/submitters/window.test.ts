import { add, countOf, emptyWindow, type Window } from '@mailpair/shared/directory/submitters/window';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 25, 12);

describe('Counts within a time that slides', () => {
  it('are exact within the first period', () => {
    let window = emptyWindow;
    for (let n = 1; n <= 500; n += 1) {
      window = add(window, HOUR, NOW + n, 1);
      expect(countOf(window, HOUR, NOW + n)).to.equal(n);
    }
  });

  it('keep of the period before what is still within', () => {
    const window = add(emptyWindow, HOUR, NOW, 100);
    expect(countOf(window, HOUR, NOW + 1.25 * HOUR)).to.equal(75);
    expect(countOf(window, HOUR, NOW + 2 * HOUR)).to.equal(0);
  });

  it('lose nothing when the clock goes back', () => {
    const window = add(add(emptyWindow, HOUR, NOW, 3), HOUR, NOW - 5 * HOUR, 4);
    expect(countOf(window, HOUR, NOW)).to.equal(7);
  });

  it('are never below what was counted since the period began, nor above that and the one before', () => {
    const steps = fc.array(fc.record({ waitMs: fc.nat(2 * HOUR), n: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (all) => {
        let window: Window = emptyWindow;
        let now = NOW;
        const made: { at: number; n: number }[] = [];
        for (const { waitMs, n } of all) {
          now += waitMs;
          window = add(window, HOUR, now, n);
          made.push({ at: now, n });
          const since = (ms: number): number =>
            made.filter(({ at }) => at > now - ms).reduce((sum, { n: count }) => sum + count, 0);
          const counted = countOf(window, HOUR, now);
          expect(counted).to.be.at.least(
            made.filter(({ at }) => at >= window.startedAt).reduce((s, m) => s + m.n, 0),
          );
          expect(counted).to.be.at.most(since(2 * HOUR));
        }
      }),
    );
  });

  it('hold nobody who keeps to the rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (limit) => {
        let window: Window = emptyWindow;
        for (let n = 0; n < 3 * limit; n += 1) {
          const at = NOW + Math.ceil((n * HOUR) / limit);
          window = add(window, HOUR, at, 1);
          expect(Math.floor(countOf(window, HOUR, at))).to.be.at.most(limit + 1);
        }
      }),
      { numRuns: 20 },
    );
  });
});

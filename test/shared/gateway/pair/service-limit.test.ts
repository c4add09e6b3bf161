import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { ServiceLimit } from '@mailpair/shared/gateway/pair/service-limit';

const rules = { budget: 0.7, limit: 0.9, shed: true };
const MOST = 200;
const stranger = { isKnown: false };

describe('how many clients are served at a time', () => {
  it('has no bound as long as nothing is strained', () => {
    const limit = new ServiceLimit(() => MOST);
    for (let i = 0; i < 10; i += 1) limit.adapt(0.9, 150, rules);
    expect(limit.placesFor(stranger)).to.equal(Infinity);
  });

  it('falls from the number that is served, the faster the greater the strain', () => {
    const after = (strain: number): number => {
      const limit = new ServiceLimit(() => MOST);
      limit.adapt(strain, 50, rules);
      return limit.placesFor(stranger);
    };
    expect(after(1)).to.be.closeTo(50 * 0.99, 1e-9);
    expect(after(1.98)).to.be.closeTo(25, 1e-9);
    expect(after(4), 'by a half at most').to.be.closeTo(25, 1e-9);
  });

  it('grows only while it is reached', () => {
    const limit = new ServiceLimit(() => MOST);
    limit.adapt(1.98, 50, rules);
    limit.adapt(0.5, 10, rules);
    expect(limit.placesFor(stranger)).to.be.closeTo(25, 1e-9);
    limit.adapt(0.5, 20, rules);
    expect(limit.placesFor(stranger)).to.be.closeTo(26, 1e-9);
  });

  it('has more places for known clients, most for those that wait, and never fewer than two', () => {
    const limit = new ServiceLimit(() => MOST);
    for (let i = 0; i < 100; i += 1) limit.adapt(4, 1, rules);
    const places = [
      { isKnown: true, class: 'moves' as const },
      stranger,
      { isKnown: true },
      { isKnown: true, class: 'waits' as const },
    ].map((client) => limit.placesFor(client));
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    expect(new Set(places)).to.have.property('size', 4);
    expect(limit.placesFor(stranger)).to.equal(2);
  });

  it('settles where the strain is at its goal, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 150 }),
        fc.double({ min: 0, max: 4, noNaN: true }),
        (fits, first) => {
          const limit = new ServiceLimit(() => MOST);
          limit.adapt(first, MOST, rules);
          let served = MOST;
          for (let i = 0; i < 400; i += 1) {
            served = Math.floor(Math.min(MOST, limit.placesFor(stranger)));
            limit.adapt((0.98 * served) / fits, served, rules);
          }
          expect(served).to.be.within(fits - 2, fits * 1.1 + 2);
        },
      ),
    );
  });
});

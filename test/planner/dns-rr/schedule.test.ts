import { partsOfSets, sizeInSlot } from '@mailpair/planner/dns-rr/schedule';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const weights = fc
  .array(fc.integer({ min: 5, max: 100 }), { minLength: 1, maxLength: 8 })
  .map((all) => all.map((weight) => weight / 100).sort((a, b) => b - a));

/** What each node gets of the answers when so many slots pass, the set shared evenly in each. */
function sharesOver(slots: number, from: number, descending: readonly number[]): number[] {
  const shares = descending.map(() => 0);
  for (let slot = from; slot < from + slots; slot += 1) {
    const size = sizeInSlot(slot, descending);
    for (let index = 0; index < size; index += 1) shares[index]! += 1 / size / slots;
  }
  return shares;
}

describe('the schedule of a record set', () => {
  it('has parts of the time that are no less than none and sum up to all of it', () => {
    fc.assert(
      fc.property(weights, (descending) => {
        const parts = partsOfSets(descending);
        for (const part of parts) expect(part).to.be.at.least(-1e-12);
        expect(parts.reduce((sum, part) => sum + part, 0)).to.be.closeTo(1, 1e-9);
      }),
    );
  });

  it('gives each node the share of the answers that its weight has in all weights', () => {
    fc.assert(
      fc.property(weights, (descending) => {
        const sum = descending.reduce((total, weight) => total + weight, 0);
        const parts = partsOfSets(descending);
        descending.forEach((weight, index) => {
          const share = parts
            .slice(index)
            .reduce((total, part, after) => total + part / (index + after + 1), 0);
          expect(share).to.be.closeTo(weight / sum, 1e-9);
        });
      }),
    );
  });

  it('keeps to the shares whenever one begins to look: within 3% over 144 slots, 10% over 21', () => {
    fc.assert(
      fc.property(weights, fc.nat(6_000_000), (descending, from) => {
        const sum = descending.reduce((total, weight) => total + weight, 0);
        for (const [slots, tolerance] of [
          [144, 0.03],
          [21, 0.1],
        ] as const)
          sharesOver(slots, from, descending).forEach((share, index) =>
            expect(share).to.be.closeTo(descending[index]! / sum, tolerance),
          );
      }),
    );
  });

  it('has equal nodes in the set always, all of them', () => {
    for (let slot = 0; slot < 100; slot += 1) expect(sizeInSlot(slot, [0.7, 0.7, 0.7])).to.equal(3);
  });

  it('has the strongest in the set always, and a node of half its weight two thirds of the time', () => {
    const sizes = Array.from({ length: 300 }, (_, slot) => sizeInSlot(slot, [0.8, 0.4]));
    expect(Math.min(...sizes)).to.equal(1);
    expect(sizes.filter((size) => size === 2).length).to.be.within(198, 202);
  });

  it('has none in the set when there is none', () => {
    expect(sizeInSlot(7, [])).to.equal(0);
  });
});

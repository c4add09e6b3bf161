import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  formatSighting,
  merge,
  parseSighting,
  type Sighting,
} from '@mailpair/shared/filter/greylist/sighting';

const sightings = fc.record<Sighting>({ kind: fc.constantFrom('seen', 'learnt'), at: fc.nat() });
const key = 'abcdefghijklmnopqrst-_';

describe('what is kept of a greylisted sender', () => {
  it('is read as it was written, and nothing else is', () => {
    fc.assert(
      fc.property(sightings, (sighting) => {
        expect(parseSighting(formatSighting(key, sighting))).to.deep.equal([key, sighting]);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => parseSighting(text) === undefined));
  });

  it('comes to the same whoever tells whom, in which order and how often', () => {
    fc.assert(
      fc.property(sightings, sightings, sightings, (a, b, c) => {
        const all = [a, b, c].reduce(merge);
        expect([c, a, b, a, c].reduce(merge)).to.deep.equal(all);
      }),
    );
  });
});

import { MapSize } from '@mailpair/shared/spool/store/map-size';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';

const MB = 2 ** 20 / 4096;

describe('How much of a mapped file is in memory', () => {
  let mapped: number;
  let looks: number;
  let map: MapSize;

  beforeEach(() => {
    [mapped, looks] = [50 * MB, 0];
    map = new MapSize(() => {
      looks += 1;
      return mapped;
    });
    map.opened();
  });

  const verdict = (gainedMb: number): [boolean, boolean] => {
    mapped = (50 + gainedMb) * MB;
    map.look();
    return [map.isStretched, map.isOverstretched];
  };

  it('is what was gained since it was opened: from 4 MB on it is to be let go of, from 6 MB on what can wait waits', () => {
    expect(verdict(4)).to.deep.equal([false, false]);
    expect(verdict(5)).to.deep.equal([true, false]);
    expect(verdict(6)).to.deep.equal([true, false]);
    expect(verdict(7)).to.deep.equal([true, true]);
    map.opened();
    expect([map.isStretched, map.isOverstretched]).to.deep.equal([false, false]);
    map.look();
    expect([map.isStretched, map.isOverstretched]).to.deep.equal([false, false]);
  });

  it('is looked at before 4 MB can have come unseen, one place for each touch', () => {
    looks = 0;
    for (let touch = 0; touch < 64; touch += 1) map.touch();
    expect(looks).to.equal(2);
  });

  it('is told by the system where nothing else is given', () => {
    const own = new MapSize();
    own.opened();
    own.look();
    expect(own.isOverstretched).to.equal(false);
  });
});

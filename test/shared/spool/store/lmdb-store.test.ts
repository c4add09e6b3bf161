import { mapBytesFor } from '@mailpair/shared/spool/store/lmdb-store';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const TB = 2 ** 40;

describe('the map of the spool is larger than the disk, so that the disk is full first', () => {
  it('also where a file system does not tell its size, or is small', () => {
    for (const diskBytes of [0, 8 * 2 ** 20, 2 ** 30]) expect(mapBytesFor(diskBytes)).to.equal(TB);
  });

  it('on large disks', () => {
    expect(mapBytesFor(3 * TB)).to.equal(6 * TB);
  });

  it('within what a processor can address', () => {
    expect(mapBytesFor(2 ** 60)).to.be.lessThan(2 ** 47);
  });
});

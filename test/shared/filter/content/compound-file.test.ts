import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { ArchiveFault } from '@mailpair/shared/filter/content/archives/archive';
import { storagesOf } from '@mailpair/shared/filter/content/archives/compound-file';
import { compoundFileOf, type Node } from '../../../support/compound-file.ts';

const stream = (name: string, sizeBytes: number): Node => ({ name, content: Buffer.alloc(sizeBytes, name) });
/** More sectors than the 109 blocks of the table that the header names hold. */
const LARGE_BYTES = 110 * 128 * 512;

function read(octets: Buffer): Record<string, number | string> {
  const found: Record<string, number | string> = {};
  for (const { name: storage, streams } of storagesOf(octets))
    for (const { name, content } of streams) found[`${storage}/${name}`] = content().length;
  return found;
}

describe('a compound file', () => {
  it('has streams of any length in storages within each other', () => {
    const file = compoundFileOf([
      stream('a', 0),
      stream('b', 63),
      { name: 'c', content: [stream('d', 4_095), { name: 'e', content: [stream('f', 4_096)] }] },
      stream('g', 200_000),
    ]);
    expect(read(file)).to.deep.equal({ '/a': 0, '/b': 63, '/g': 200_000, 'c/d': 4_095, 'e/f': 4_096 });
    const g = storagesOf(file)[0]!.streams.find(({ name }) => name === 'g')!;
    expect(g.content().equals(Buffer.alloc(200_000, 'g'))).to.equal(true);
  });

  it('is a fault when it is cut off, or when a chain leads nowhere', () => {
    const file = compoundFileOf([stream('a', 10_000)]);
    expect(() => read(file.subarray(0, 400))).to.throw(ArchiveFault);
    expect(() => read(file.subarray(0, 5_000))).to.throw(ArchiveFault);
  });

  it('ends, whatever it refers to', () => {
    const file = compoundFileOf([stream('a', 10_000), { name: 'b', content: [stream('c', 100)] }]);
    const change = fc.tuple(
      fc.nat(file.length / 4 - 1),
      fc.oneof(fc.nat(40), fc.constantFrom(0xffffffff, 0xfffffffe)),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const damaged = Buffer.from(file);
        for (const [at, value] of changes) damaged.writeUInt32LE(value, at * 4);
        try {
          for (const size of Object.values(read(damaged))) expect(size).to.be.at.most(file.length);
        } catch (error) {
          expect(error).to.be.instanceOf(ArchiveFault);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('may have a longer table than the header alone can name', () => {
    const file = compoundFileOf([stream('a', LARGE_BYTES), stream('b', 5_000)]);
    expect(read(file)).to.deep.equal({ '/a': LARGE_BYTES, '/b': 5_000 });
  });
});

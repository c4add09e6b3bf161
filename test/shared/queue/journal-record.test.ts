import {
  readGeneration,
  recordBytes,
  writeRecord,
  type Position,
} from '@mailpair/shared/queue/journal-record';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const [salt, otherSalt] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
const changes = [
  new Map([['id', { value: Buffer.from('entry') }]]),
  new Map([
    ['gone', { value: null }],
    ['empty', { value: Buffer.alloc(0) }],
  ]),
];

/** Records one behind the other. */
function fileOf(...positions: Position[]): Buffer {
  return Buffer.concat(
    positions.map((position) => {
      const record = Buffer.alloc(recordBytes(changes));
      expect(writeRecord(record, changes, position)).to.equal(record.length);
      return record;
    }),
  );
}

const read = [
  { table: 0, key: 'id', value: Buffer.from('entry') },
  { table: 1, key: 'gone', value: null },
  { table: 1, key: 'empty', value: Buffer.alloc(0) },
];

describe('A record of the journal', () => {
  const first: Position = { generation: 7, salt, place: 0 };

  it('gives back the changes of its commit, and the next record after it', () => {
    expect(readGeneration(fileOf(first))).to.deep.equal({ number: 7, changes: read });
    const two = readGeneration(fileOf(first, { ...first, place: 1 }));
    expect(two).to.deep.equal({ number: 7, changes: [...read, ...read] });
  });

  const strangers: Record<string, Position> = {
    'of another generation': { ...first, generation: 6, place: 1 },
    'out of its place': { ...first, place: 2 },
    'with another salt, as one that is written into a message': { ...first, salt: otherSalt, place: 1 },
  };
  for (const [what, stranger] of Object.entries(strangers))
    it(`is none of the generation when it is ${what}`, () => {
      expect(readGeneration(fileOf(first, stranger))).to.deep.equal({ number: 7, changes: read });
    });

  it('is none when an octet of it is another, or its end is missing', () => {
    const whole = fileOf(first);
    for (let at = 0; at < whole.length; at += 1) {
      const spoilt = Buffer.from(whole);
      spoilt[at]! ^= 1;
      expect(readGeneration(spoilt), `octet ${at}`).to.equal(undefined);
      expect(readGeneration(whole.subarray(0, at)), `${at} octets`).to.equal(undefined);
    }
  });

  it('is none when the file begins with a later one', () => {
    expect(readGeneration(fileOf({ ...first, place: 1 }))).to.equal(undefined);
  });
});

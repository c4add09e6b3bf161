import {
  changeAt,
  END_MARK_BYTES,
  FILE_HEAD_BYTES,
  headsIn,
  readFileHead,
  recordBytes,
  sealOf,
  writeFileHead,
  writeRecord,
} from '@mailpair/shared/spool/store/journal-record';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const [key, otherKey] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
const changes = [new Map([['id', { value: Buffer.from('entry') }]])];

function fileOf(recordKey: Buffer): Buffer {
  const file = Buffer.alloc(FILE_HEAD_BYTES + recordBytes(changes) + END_MARK_BYTES);
  writeFileHead(file, recordKey);
  const position = { generation: 7, key: recordKey, place: 0 };
  writeRecord(file.subarray(FILE_HEAD_BYTES), changes, position, sealOf(position));
  return file;
}

describe('The format of the journal', () => {
  it('has a key in its head, which no file with another octet gives', () => {
    const file = fileOf(key);
    expect(readFileHead(file)).to.deep.equal(key);
    for (let at = 0; at < 12 + key.length; at += 1) {
      const spoilt = Buffer.from(file);
      spoilt[at]! ^= 1;
      expect(readFileHead(spoilt), `octet ${at}`).to.equal(undefined);
    }
  });

  it('finds a record and the end mark by that key alone', () => {
    const file = fileOf(key);
    const [first, end, ...others] = headsIn(file, key);
    expect(first).to.include({ at: FILE_HEAD_BYTES, place: 0, generation: 7 });
    expect(end).to.include({ at: first!.to, place: 1, generation: 7, from: file.length, to: file.length });
    expect(others).to.deep.equal([]);
    expect(headsIn(file, otherKey)).to.deep.equal([]);
  });

  it('gives a change back when every octet of it is right, and by the key of its generation only', () => {
    const file = fileOf(key);
    const { from, to } = headsIn(file, key)[0]!;
    const read = changeAt(file, from, to, sealOf({ generation: 7, key }));
    expect(read).to.deep.equal({ table: 0, key: 'id', value: Buffer.from('entry'), end: to });
    for (const seal of [sealOf({ generation: 6, key }), sealOf({ generation: 7, key: otherKey })])
      expect(changeAt(file, from, to, seal)).to.equal(undefined);
    for (let at = from; at < to; at += 1) {
      const spoilt = Buffer.from(file);
      spoilt[at]! ^= 1;
      expect(changeAt(spoilt, from, to, sealOf({ generation: 7, key })), `octet ${at}`).to.equal(undefined);
    }
  });
});

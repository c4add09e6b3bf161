import {
  decodeEntry,
  decodeHead,
  dueOfKey,
  dueText,
  dueTime,
  encodeRecord,
  headOf,
  idOfKey,
  indexKey,
  laneEnd,
  laneOfKey,
  laneStart,
} from '@mailpair/shared/spool/store/record';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bodyText, dueAgain, entryOf } from '../../../support/spool-mail.ts';

const entry = dueAgain(entryOf('id1', bodyText('x'), { reversePath: 'jörg@example.org' }), 1_234);
const time = fc.oneof(fc.nat({ max: 2 ** 50 }), fc.constant(Infinity));

describe('Records of entries', () => {
  it('tell when, where, in which lane and how many hops without being parsed, and give the entry back', () => {
    const record = encodeRecord(headOf(entry, 'f', 7), entry);
    expect(decodeHead(record)).to.deep.equal({
      due: dueText(1_234),
      lane: 'example.com ',
      place: 'f',
      hops: 7,
    });
    expect(decodeEntry('id1', record)).to.deep.equal(entry);
  });

  it('know no lane where version 0.1.0 wrote them', () => {
    const old = Buffer.from(`${dueText(1_234)}m0007\n${JSON.stringify(entry)}`);
    expect(decodeHead(old)).to.deep.equal({ due: dueText(1_234), lane: undefined, place: 'm', hops: 7 });
    expect(decodeEntry('id1', old)).to.deep.equal(entry);
  });

  it('count hops up to a limit', () => {
    const record = encodeRecord(headOf(entry, 'm', 1_000_000), entry);
    expect(decodeHead(record)?.hops).to.equal(9_999);
  });

  it('say what is wrong with octets that are no record of this entry', () => {
    const record = encodeRecord(headOf(entry, 'm', 0), entry);
    const head = record.subarray(0, record.indexOf('\n') + 1).toString();
    const faultOf = (id: string, octets: string | Buffer) => decodeEntry(id, Buffer.from(octets as string));
    expect(faultOf('id1', '')).to.have.property('fault').that.matches(/begin/);
    expect(faultOf('id1', record.subarray(0, 100)))
      .to.have.property('fault')
      .that.matches(/JSON/);
    expect(faultOf('id2', record))
      .to.have.property('fault')
      .that.matches(/another entry: id1/);
    expect(faultOf('id1', `${head}null`)).to.have.property('fault');
    expect(faultOf('id1', `${head}{"id":"id1"}`))
      .to.have.property('fault')
      .that.matches(/lacks/);
  });

  it('never throw, whatever the octets', () => {
    fc.assert(fc.property(fc.uint8Array(), (octets) => void decodeEntry('id1', Buffer.from(octets))));
  });
});

describe('Keys of the index', () => {
  const lane = 'example.net anna';
  const keyOf = (at: number, id: string, of = lane): string => indexKey({ lane: of, due: dueText(at) }, id);

  it('sort by time within a lane, then by id', () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        expect(keyOf(a, 'x') < keyOf(b, 'y')).to.equal(a <= b);
      }),
    );
  });

  it('give back lane, time and id', () => {
    fc.assert(
      fc.property(time, (at) => {
        const key = keyOf(at, 'id1');
        expect(laneOfKey(key)).to.equal(lane);
        expect(dueTime(dueOfKey(key))).to.equal(at);
        expect(idOfKey(key)).to.equal('id1');
      }),
    );
  });

  it('lie between the start and the end of their lane and of no other, however alike the names', () => {
    const names = ['a ', 'a b', 'a b!', 'a.b ', 'ab ', ' ', ' a', '* a', '#0f'];
    for (const of of names)
      for (const other of names) {
        const key = keyOf(5, 'id', of);
        expect(key > laneStart(other) && key < laneEnd(other), `${of} in ${other}`).to.equal(of === other);
      }
  });

  it('take a time that is no time for now', () => {
    expect([NaN, -5, -Infinity].map(dueText)).to.deep.equal(Array(3).fill(dueText(0)));
  });
});

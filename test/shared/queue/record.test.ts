import {
  decodeEntry,
  decodeHead,
  dueKey,
  dueKeyAfter,
  dueOfKey,
  dueText,
  dueTime,
  encodeRecord,
  headOf,
  idOfKey,
} from '@mailpair/shared/queue/record';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bodyText, dueAgain, entryOf } from '../../support/spool-mail.ts';

const entry = dueAgain(entryOf('id1', bodyText('x'), { reversePath: 'jörg@example.org' }), 1_234);
const time = fc.oneof(fc.nat({ max: 2 ** 50 }), fc.constant(Infinity));

describe('Records of entries', () => {
  it('tell when, where and how many hops without being parsed, and give the entry back', () => {
    const record = encodeRecord(headOf(entry, 'f', 7), entry);
    expect(decodeHead(record)).to.deep.equal({ due: dueText(1_234), place: 'f', hops: 7 });
    expect(decodeEntry('id1', record)).to.deep.equal(entry);
  });

  it('keep their width however many hops there were', () => {
    const record = encodeRecord(headOf(entry, 'm', 1_000_000), entry);
    expect(decodeHead(record)?.hops).to.equal(9_999);
  });

  it('say what is wrong with octets that are no record of this entry', () => {
    const record = encodeRecord(headOf(entry, 'm', 0), entry);
    const head = record.subarray(0, 22).toString();
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

describe('Keys of the due index', () => {
  it('sort by time, then by id', () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        const order = dueKey(dueText(a), 'x') < dueKey(dueText(b), 'y');
        expect(order).to.equal(a <= b);
      }),
    );
  });

  it('give back time and id', () => {
    fc.assert(
      fc.property(time, (at) => {
        const key = dueKey(dueText(at), 'id1');
        expect(dueTime(dueOfKey(key))).to.equal(at);
        expect(idOfKey(key)).to.equal('id1');
      }),
    );
  });

  it('lie before the end of what is due exactly when they are due', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fc.double({ min: 0, max: 50, noNaN: true }), (at, now) => {
        expect(dueKey(dueText(at), 'zzz') < dueKeyAfter(now)).to.equal(at <= now);
      }),
    );
  });

  it('take a time that is no time for now', () => {
    expect([NaN, -5, -Infinity].map(dueText)).to.deep.equal(Array(3).fill(dueText(0)));
  });
});

import { classes, composeUpdate, types } from '@mailpair/planner/dns-rr/update-message';
import { addressOctets } from '@mailpair/shared/platform/network/addresses';
import {
  composeQuery,
  lastRecordAt,
  parseMessage,
  readRecord,
} from '@mailpair/shared/platform/dns/dns-message';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { captured } from './captured.ts';

const name = 'mx-in.example.com';
const none = Buffer.alloc(0);
const a = { name, type: types.A, class: classes.IN, ttl: 0 };

describe('a DNS message', () => {
  it('asks in the octets of dig', () => {
    const asked = composeQuery(0x8964, { name, type: 'A' });
    expect(asked.subarray(12)).to.deep.equal(captured.query.subarray(12, asked.length));
    expect(asked.subarray(0, 10)).to.deep.equal(captured.query.subarray(0, 10));
  });

  it('is read as BIND wrote it, names compressed', () => {
    const { answers, authorities, ...message } = parseMessage(captured.answer);
    expect(message).to.deep.include({
      id: 0x8964,
      isResponse: true,
      isAuthoritative: true,
      rcode: 'NOERROR',
      question: { name, type: 'A' },
    });
    expect(answers.map((record) => [record.name, record.ttl, readRecord(record)?.value])).to.deep.equal([
      [name, 60, '192.0.2.11'],
      [name, 60, '192.0.2.12'],
    ]);
    expect(authorities.map((record) => record.name)).to.deep.equal(['example.com']);
  });

  it('updates with the records of nsupdate, names written out', () => {
    const ours = composeUpdate(
      0x6081,
      'example.com',
      [
        { ...a, data: addressOctets('192.0.2.11') },
        { ...a, data: addressOctets('192.0.2.12') },
        { ...a, type: types.AAAA, class: classes.NONE, data: none },
      ],
      [
        { ...a, class: classes.ANY, data: none },
        { ...a, ttl: 60, data: addressOctets('192.0.2.11') },
        { ...a, type: types.AAAA, ttl: 60, data: addressOctets('2001:db8::11') },
      ],
    );
    const host = '056d782d696e076578616d706c6503636f6d00';
    const theirs = captured.update.toString('hex');
    const signatureAt = theirs.indexOf('0b6d61696c706169722d7272');
    const unsigned = theirs.slice(0, signatureAt).replace('056d782d696ec00c', host).replaceAll('c01d', host);
    // Without the signature there is no additional record.
    expect(ours.toString('hex')).to.equal(`${unsigned.slice(0, 20)}0000${unsigned.slice(24)}`);
  });

  it('that answers an update may repeat its records', () => {
    const answer = Buffer.from(captured.update);
    answer[2]! |= 0x80;
    answer[3]! |= 8;
    expect(parseMessage(answer)).to.deep.include({ isResponse: true, rcode: 'NXRRSET', answers: [] });
    expect(lastRecordAt(answer)).to.equal(answer.indexOf('\x0bmailpair-rr'));
  });

  it('carries any address', () => {
    const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => Buffer.from(octets));
    const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((octets) => Buffer.from(octets));
    fc.assert(
      fc.property(fc.oneof(v4, v6), (data) => {
        const type = data.length === 4 ? types.A : types.AAAA;
        const message = composeUpdate(1, 'example.com', [], [{ ...a, type, data }]);
        // The records of an update stand where an answer has its authorities; so it is read as a query.
        message[2] = 0;
        const [record] = parseMessage(message).authorities;
        const address = readRecord(record!)?.value as string;
        const isMapped = data.length === 16 && address.includes('.');
        expect(addressOctets(address)).to.deep.equal(isMapped ? data.subarray(12) : data);
      }),
    );
  });
});

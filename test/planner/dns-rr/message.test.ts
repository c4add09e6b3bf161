import { addressOctets, formatAddress } from '@mailpair/planner/dns-rr/address-octets';
import {
  MalformedMessage,
  classes,
  composeQuery,
  composeUpdate,
  parseMessage,
  types,
} from '@mailpair/planner/dns-rr/message';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { captured } from './captured.ts';

const name = 'mx-in.example.com';
const none = Buffer.alloc(0);

describe('a DNS message', () => {
  it('asks in the octets of dig', () => {
    const asked = composeQuery(0x8964, name, types.A);
    expect(asked.subarray(12)).to.deep.equal(captured.query.subarray(12, asked.length));
    expect(asked.subarray(0, 10)).to.deep.equal(captured.query.subarray(0, 10));
  });

  it('is read as BIND wrote it, names compressed', () => {
    const { id, isResponse, isAuthoritative, rcode, question, sections } = parseMessage(captured.answer);
    expect({ id, isResponse, isAuthoritative, rcode, question }).to.deep.equal({
      id: 0x8964,
      isResponse: true,
      isAuthoritative: true,
      rcode: 0,
      question: { name, type: types.A },
    });
    expect(sections[0].map((record) => [record.name, record.ttl, formatAddress(record.data)])).to.deep.equal([
      [name, 60, '192.0.2.11'],
      [name, 60, '192.0.2.12'],
    ]);
    expect(sections[1].map((record) => record.name)).to.deep.equal(['example.com']);
  });

  it('updates with the records of nsupdate', () => {
    const a = { name, type: types.A, class: classes.IN, ttl: 0 };
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
    const [theirs, parsed] = [parseMessage(captured.update), parseMessage(ours)];
    expect([parsed.id, parsed.opcode, parsed.question]).to.deep.equal([
      theirs.id,
      theirs.opcode,
      theirs.question,
    ]);
    expect(parsed.sections.slice(0, 2)).to.deep.equal(theirs.sections.slice(0, 2));
  });

  it('of any octets is read or refused, without end', () => {
    const damaged = fc
      .tuple(fc.nat(captured.answer.length - 1), fc.nat(255), fc.nat(captured.answer.length))
      .map(([at, octet, end]) => {
        const octets = Buffer.from(captured.answer);
        octets[at] = octet;
        return octets.subarray(0, end);
      });
    const any = fc.uint8Array({ maxLength: 100 }).map((octets) => Buffer.from(octets));
    fc.assert(
      fc.property(fc.oneof(damaged, any), (octets) => {
        try {
          parseMessage(octets);
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedMessage);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('whose name points to itself is refused', () => {
    const octets = Buffer.concat([
      Buffer.from('000000000001000000000000', 'hex'),
      Buffer.from('c00c00010001', 'hex'),
    ]);
    expect(() => parseMessage(octets)).to.throw(MalformedMessage, 'points forward');
  });
});

describe('an address in a record', () => {
  it('is the address again when it is read', () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.uint8Array({ minLength: 16, maxLength: 16 }).map((o) => formatAddress(Buffer.from(o))),
    );
    fc.assert(
      fc.property(address, (text) => {
        expect(formatAddress(addressOctets(text))).to.equal(text);
      }),
    );
    expect(addressOctets('2001:db8::11').toString('hex')).to.equal('20010db8000000000000000000000011');
  });
});

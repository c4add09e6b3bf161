import { expect } from 'chai';
import packets from 'dns-packet';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  composeQuery,
  lastRecordAt,
  MalformedMessage,
  parseMessage,
  readName,
  readRecord,
} from '@mailpair/shared/platform/dns/dns-message';
import type { DnsMessage } from '@mailpair/shared/platform/dns/dns-message';

const answerOf = (type: string, data: unknown): Buffer =>
  packets.encode({
    id: 1,
    type: 'response',
    flags: 0,
    questions: [{ name: 'Example.com', type }],
    answers: [{ name: 'Example.com', type, ttl: 60, data }],
  });

const valuesIn = ({ answers }: DnsMessage): unknown[] => answers.map((answer) => readRecord(answer)?.value);

describe('a DNS message', () => {
  it('is read as it was written, names in lower case', () => {
    const message = parseMessage(answerOf('MX', { preference: 10, exchange: 'MX.example.com' }));
    expect(message).to.deep.include({ id: 1, isResponse: true, isTruncated: false, rcode: 'NOERROR' });
    expect(message.question).to.deep.equal({ name: 'example.com', type: 'MX' });
    expect(valuesIn(message)).to.deep.equal([{ preference: 10, exchange: 'mx.example.com' }]);
  });

  it('asks for DNSSEC records only when they are wanted', () => {
    const question = { name: 'example.com', type: 'TXT' };
    const flagsOf = (edns?: 'plain' | 'signatures'): number | undefined =>
      packets.decode(composeQuery(1, question, edns && { edns })).additionals?.[0]?.flags;
    expect([flagsOf(), flagsOf('plain'), flagsOf('signatures')]).to.deep.equal([undefined, 0, 0x8000]);
  });

  it('with characters in a name that end lines or words has them escaped', () => {
    for (const [name, read] of [
      ['a\r\nSubject: x.example.com', 'a\\013\\010subject:\\032x.example.com'],
      ['a\0b.example.com', 'a\\000b.example.com'],
      ['a\x7f.example.com', 'a\\127.example.com'],
    ] as const)
      expect(valuesIn(parseMessage(answerOf('PTR', name))), name).to.deep.equal([read]);
  });

  it('that ends within an address is malformed', () => {
    const octets = answerOf('A', '192.0.2.1');
    for (let cut = 1; cut <= 4; cut += 1)
      expect(() => parseMessage(octets.subarray(0, -cut)), String(cut)).to.throw(MalformedMessage);
  });

  it('whose name points to itself is malformed', () => {
    const octets = Buffer.from('000000000001000000000000c00c00010001', 'hex');
    expect(() => parseMessage(octets)).to.throw(MalformedMessage);
    expect(() => readName(octets, 12)).to.throw(MalformedMessage);
  });

  it('has its last record where the message without it would end', () => {
    expect(lastRecordAt(composeQuery(1, { name: 'example.com', type: 'A' }))).to.equal(undefined);
    const octets = answerOf('A', '192.0.2.1');
    expect(lastRecordAt(octets)).to.equal(composeQuery(1, { name: 'example.com', type: 'A' }).length);
    expect(() => lastRecordAt(Buffer.concat([octets, Buffer.of(0)]))).to.throw(MalformedMessage);
  });

  it('of any octets is read or malformed, and nothing else', () => {
    const real = fc.constantFrom(
      answerOf('A', '192.0.2.1'),
      answerOf('TXT', ['a', 'b']),
      answerOf('TLSA', { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32) }),
    );
    const damaged = fc
      .tuple(real, fc.nat(200), fc.nat(255), fc.nat(60))
      .map(([octets, at, by, cut]) =>
        Buffer.from(octets.map((octet, index) => (index === at % octets.length ? by : octet))).subarray(
          0,
          Math.max(0, octets.length - (cut < 30 ? 0 : cut - 30)),
        ),
      );
    const any = fc.uint8Array({ maxLength: 100 }).map((octets) => Buffer.from(octets));
    fc.assert(
      fc.property(fc.oneof(damaged, any), (octets) => {
        for (const read of [parseMessage, lastRecordAt, (all: Buffer) => valuesIn(parseMessage(all))])
          try {
            read(octets);
          } catch (error) {
            expect(error).to.be.instanceOf(MalformedMessage);
          }
      }),
      { numRuns: 2000 },
    );
  });
});

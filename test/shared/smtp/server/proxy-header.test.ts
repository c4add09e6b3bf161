import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  MAX_HEADER_BYTES,
  readProxyHeader,
  type ProxyReading,
} from '@mailpair/shared/smtp/server/proxy-header';

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const version1 = (line: string): Buffer => Buffer.from(line, 'latin1');

function version2(versionAndCommand: number, family: number, rest: Buffer, length = rest.length): Buffer {
  return Buffer.concat([
    signature,
    Buffer.from([versionAndCommand, family, length >> 8, length & 255]),
    rest,
  ]);
}

const ipv4Ends = Buffer.from('c0000207c000020adc040019', 'hex');
const ipv6Ends = Buffer.from(`20010db8${'0'.repeat(23)}720010db8${'0'.repeat(22)}10dc040019`, 'hex');

const headerOf = (octets: Buffer): unknown => {
  const reading = readProxyHeader(octets);
  if (reading.kind !== 'complete') return reading;
  expect(reading.sizeBytes).to.equal(octets.length);
  return reading.header;
};

const reasonOf = (octets: Buffer): string => {
  const reading = readProxyHeader(octets);
  return reading.kind === 'malformed' ? reading.reason : reading.kind;
};

/** As a receiver does it: piece by piece until it is decided. */
function readInPieces(pieces: readonly Buffer[]): { reading: ProxyReading; taken: number } {
  let octets: Buffer = Buffer.alloc(0);
  let reading: ProxyReading = { kind: 'incomplete' };
  for (const piece of pieces) {
    octets = Buffer.concat([octets, piece]);
    reading = readProxyHeader(octets);
    if (reading.kind !== 'incomplete') break;
  }
  return { reading, taken: octets.length };
}

const cutAt = (octets: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b), octets.length];
  return places.slice(1).map((place, i) => octets.subarray(places[i], place));
};

const forwarded4 = {
  kind: 'forwarded',
  source: { host: '192.0.2.7', port: 56324 },
  destination: { host: '192.0.2.10', port: 25 },
};
const forwarded6 = {
  kind: 'forwarded',
  source: { host: '2001:db8::7', port: 56324 },
  destination: { host: '2001:db8::10', port: 25 },
};

const whole = {
  'TCP4, version 1': version1('PROXY TCP4 192.0.2.7 192.0.2.10 56324 25\r\n'),
  'TCP6, version 1': version1('PROXY TCP6 2001:DB8:0:0:0:0:0:7 2001:db8::10 56324 25\r\n'),
  UNKNOWN: version1('PROXY UNKNOWN\r\n'),
  'UNKNOWN, all there is': version1(`PROXY UNKNOWN ${'f'.repeat(39)} ${'f'.repeat(39)} 65535 65535\r\n`),
  'TCP4, version 2': version2(0x21, 0x11, ipv4Ends),
  'TCP6, version 2': version2(0x21, 0x21, ipv6Ends),
  'TCP4 with TLVs': version2(
    0x21,
    0x11,
    Buffer.concat([ipv4Ends, Buffer.from('04000300000005000161', 'hex')]),
  ),
  LOCAL: version2(0x20, 0x00, Buffer.alloc(0)),
  'LOCAL with addresses': version2(0x20, 0x11, ipv4Ends),
  UNSPEC: version2(0x21, 0x00, Buffer.from('abc')),
  UNIX: version2(0x21, 0x31, Buffer.alloc(216)),
};

describe('a PROXY header', () => {
  const kinds: { [name in keyof typeof whole]: unknown } = {
    'TCP4, version 1': forwarded4,
    'TCP6, version 1': forwarded6,
    UNKNOWN: { kind: 'unknown' },
    'UNKNOWN, all there is': { kind: 'unknown' },
    'TCP4, version 2': forwarded4,
    'TCP6, version 2': forwarded6,
    'TCP4 with TLVs': forwarded4,
    LOCAL: { kind: 'own' },
    'LOCAL with addresses': { kind: 'own' },
    UNSPEC: { kind: 'unknown' },
    UNIX: { kind: 'unknown' },
  };
  for (const [name, octets] of Object.entries(whole))
    it(`is read: ${name}`, () => {
      expect(headerOf(octets)).to.deep.equal(kinds[name as keyof typeof whole]);
    });

  it('reduces an IPv4-mapped source to IPv4', () => {
    const header = headerOf(version1('PROXY TCP6 ::ffff:192.0.2.7 ::ffff:192.0.2.10 56324 25\r\n'));
    expect(header).to.deep.equal(forwarded4);
  });

  const refused: readonly (readonly [string, Buffer, RegExp])[] = [
    ['mail without a header', version1('EHLO client.example\r\n'), /^no PROXY header$/],
    ['a TLS handshake', Buffer.from([22, 3, 1]), /^no PROXY header$/],
    ['another word', version1('PROXIMITY'), /^no PROXY header$/],
    ['lower case', version1('proxy TCP4 192.0.2.7 192.0.2.10 56324 25\r\n'), /^no PROXY header$/],
    ['a line that ends in LF', version1('PROXY TCP4 192.0.2.7 192.0.2.10 56324 25\n'), /CR LF/],
    ['a line that ends in CR', version1('PROXY TCP4 192.0.2.7 192.0.2.10 56324 25\rE'), /CR LF/],
    ['108 octets', version1(`PROXY UNKNOWN ${'f'.repeat(92)}\r\n`), /longer than 107/],
    ['two spaces', version1('PROXY TCP4  192.0.2.7 192.0.2.10 56324 25\r\n'), /is not "PROXY/],
    [
      'something behind the ports',
      version1('PROXY TCP4 192.0.2.7 192.0.2.10 56324 25 \r\n'),
      /is not "PROXY/,
    ],
    ['UDP', version1('PROXY UDP4 192.0.2.7 192.0.2.10 56324 25\r\n'), /is not "PROXY/],
    ['a longer word than UNKNOWN', version1('PROXY UNKNOWNS\r\n'), /is not "PROXY/],
    ['a leading zero in an address', version1('PROXY TCP4 192.0.02.7 192.0.2.10 56324 25\r\n'), /IPv4/],
    ['a leading zero in a port', version1('PROXY TCP4 192.0.2.7 192.0.2.10 56324 025\r\n'), /bad port/],
    ['a port that is none', version1('PROXY TCP4 192.0.2.7 192.0.2.10 65536 25\r\n'), /bad port/],
    ['IPv6 as TCP4', version1('PROXY TCP4 2001:db8::7 2001:db8::10 56324 25\r\n'), /IPv4/],
    ['IPv4 as TCP6', version1('PROXY TCP6 192.0.2.7 192.0.2.10 56324 25\r\n'), /IPv6/],
    ['a zone', version1('PROXY TCP6 fe80::1%eth0 2001:db8::10 56324 25\r\n'), /IPv6/],
    ['another signature', Buffer.from('\r\n\r\nQUIT', 'latin1'), /^no PROXY header$/],
    ['version 3', version2(0x31, 0x11, ipv4Ends), /version 3/],
    ['a command nobody knows', version2(0x22, 0x11, ipv4Ends), /command 2/],
    ['a family nobody knows', version2(0x21, 0x41, ipv4Ends), /0x41/],
    ['a protocol nobody knows', version2(0x21, 0x13, ipv4Ends), /0x13/],
    ['too few octets for IPv4', version2(0x21, 0x11, ipv4Ends.subarray(1)), /too short/],
    ['too few octets for IPv6', version2(0x21, 0x21, ipv4Ends), /too short/],
    ['more than we have room for', version2(0x21, 0x11, ipv4Ends, 65_535), /longer than 4096/],
  ];
  for (const [name, octets, reason] of refused)
    it(`is refused: ${name}`, () => {
      expect(reasonOf(octets)).to.match(reason);
    });

  it('may be as long as there is room for', () => {
    const longest = version2(0x21, 0x11, Buffer.concat([ipv4Ends, Buffer.alloc(MAX_HEADER_BYTES - 28)]));
    expect(headerOf(longest)).to.deep.equal(forwarded4);
  });

  const anything = fc.oneof(
    fc.constantFrom(...Object.values(whole)),
    fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
    fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.concat([signature, octets])),
    fc.uint8Array({ maxLength: 30 }).map((octets) => Buffer.concat([signature, Buffer.from([0x21]), octets])),
    fc.string({ maxLength: 120 }).map((text) => version1(`PROXY ${text}\r\n`)),
    fc.tuple(fc.constantFrom(...refused.map(([, octets]) => octets)), fc.nat(255), fc.nat(199)).map(spoil),
    fc.tuple(fc.constantFrom(...Object.values(whole)), fc.nat(255), fc.nat(199)).map(spoil),
  );

  it('is read the same however its octets are cut, and whatever follows', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    fc.assert(
      fc.property(anything, cuts, fc.uint8Array({ maxLength: 150 }), (octets, places, behind) => {
        const stream = Buffer.concat([octets, behind]);
        const atOnce = readProxyHeader(stream);
        expect(readInPieces(cutAt(stream, places)).reading).to.deep.equal(atOnce);
        expect(readInPieces([...stream].map((octet) => Buffer.from([octet]))).reading).to.deep.equal(atOnce);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is decided within its bound, whatever comes', () => {
    fc.assert(
      fc.property(anything, (octets) => {
        const endless = Buffer.concat([octets, Buffer.alloc(MAX_HEADER_BYTES, octets.at(-1) ?? 80)]);
        expect(readProxyHeader(endless.subarray(0, MAX_HEADER_BYTES)).kind).not.to.equal('incomplete');
      }),
    );
  });
});

function spoil([octets, value, at]: [Buffer, number, number]): Buffer {
  const spoilt = Buffer.from(octets);
  spoilt[at % spoilt.length] = value;
  return spoilt;
}

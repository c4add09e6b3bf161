import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { ipv4Behind, reachOf } from '@mailpair/shared/platform/network/addresses';

/** The forms of IPv6 in which an IPv4 address may be written or reached. */
const forms: Readonly<Record<string, (octets: readonly number[]) => string>> = {
  itself: (octets) => octets.join('.'),
  mapped: (octets) => `::ffff:${octets.join('.')}`,
  'mapped in hexadecimal': (octets) => `0:0:0:0:0:FFFF:${hex(octets)}`,
  translated: (octets) => `::ffff:0:${octets.join('.')}`,
  NAT64: (octets) => `64:ff9b::${octets.join('.')}`,
  '6to4': (octets) => `2002:${hex(octets)}::1`,
};
const hex = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string =>
  `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;

describe('how far an address reaches', () => {
  const table = {
    nowhere: [
      ...['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.255.254', '169.254.169.254', '224.0.0.1'],
      ...['239.255.255.255', '240.0.0.1', '255.255.255.255'],
      ...['::', '::1', '::127.0.0.1', 'fe80::1', 'febf::1', 'ff02::1', '100::1'],
    ],
    site: [
      ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', '100.127.255.255'],
      ...['198.18.0.1', '192.0.0.8', 'fc00::1', 'fdff::1', 'fec0::1', '64:ff9b:1::1'],
    ],
    internet: [
      ...['9.255.255.255', '11.0.0.0', '126.0.0.1', '128.0.0.1', '169.253.0.1', '172.15.0.1', '172.32.0.1'],
      ...['100.63.255.255', '100.128.0.0', '192.167.0.1', '223.255.255.255', '192.0.2.1', '198.17.0.1'],
      ...['2001:db8::1', '2606:4700::1111', '2001:4860::ffff:7f00:1', '64:ff9a::7f00:1'],
    ],
  } as const;

  for (const [reach, addresses] of Object.entries(table))
    it(`is ${reach} for ${addresses.join(' ')}`, () => {
      for (const address of addresses) expect(reachOf(address), address).to.equal(reach);
    });

  it('is that of the IPv4 address in whatever form of IPv6 it comes', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const first = fc.oneof(octet, fc.constantFrom(10, 127, 169, 172, 192, 100, 224));
    fc.assert(
      fc.property(fc.tuple(first, octet, octet, octet), (octets) => {
        const reach = reachOf(octets.join('.'));
        for (const [name, form] of Object.entries(forms)) expect(reachOf(form(octets)), name).to.equal(reach);
      }),
    );
  });

  it('tells the IPv4 address behind a translator', () => {
    expect(ipv4Behind('64:ff9b::7f00:1')).to.equal('127.0.0.1');
    expect(ipv4Behind('2002:a00:1::')).to.equal('10.0.0.1');
    expect(ipv4Behind('2001:db8::1')).to.equal(undefined);
    expect(ipv4Behind('10.0.0.1')).to.equal(undefined);
  });
});

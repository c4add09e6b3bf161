import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  createNetworks,
  formatHostPort,
  formatNetwork,
  isAddress,
  isWithin,
  normaliseAddress,
  parseHostPort,
  parseNetwork,
} from '@mailpair/shared/platform/network/addresses';

describe('host and port', () => {
  it('are read from names, IPv4 and bracketed IPv6', () => {
    expect(parseHostPort('mail.internal:25')).to.deep.equal({ host: 'mail.internal', port: 25 });
    expect(parseHostPort('192.0.2.1:0')).to.deep.equal({ host: '192.0.2.1', port: 0 });
    expect(parseHostPort('[2001:db8::1]:465')).to.deep.equal({ host: '2001:db8::1', port: 465 });
  });

  it('take a missing port from the default only', () => {
    expect(parseHostPort('[::1]', 25)).to.deep.equal({ host: '::1', port: 25 });
    expect(parseHostPort('mail', 25)).to.deep.equal({ host: 'mail', port: 25 });
    expect(parseHostPort('mail')).to.equal(undefined);
  });

  it('are not found in anything else', () => {
    for (const text of [
      '',
      ':25',
      'h:',
      'h:65536',
      'h:x',
      '2001:db8::1:25',
      '::1',
      '[::1',
      '[mail]:25',
      '[1.2.3.4]:25',
      'a b:25',
      'u@h:25',
      'h/x:1',
    ]) {
      expect(parseHostPort(text, 25), text).to.equal(undefined);
    }
  });

  it('come back from what was written', () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
    fc.assert(
      fc.property(host, fc.nat(65535), (host, port) => {
        expect(parseHostPort(formatHostPort({ host, port }))).to.deep.equal({ host, port });
      }),
    );
  });
});

describe('addresses', () => {
  it('are IPv4 in four decimal parts, or IPv6', () => {
    expect(['192.0.2.1', '::1', '2001:db8::1', '::ffff:192.0.2.1'].every(isAddress)).to.equal(true);
    expect(['10.1', '010.0.0.1', '1.2.3.4.5', '[::1]', 'h', ''].some(isAddress)).to.equal(false);
  });

  it('have one form: IPv4-mapped is IPv4, IPv6 is as short as RFC 5952 says', () => {
    expect(normaliseAddress('::ffff:192.0.2.1')).to.equal('192.0.2.1');
    expect(normaliseAddress('::FFFF:c000:201')).to.equal('192.0.2.1');
    expect(normaliseAddress('2001:DB8:0:0:0:0:0:1')).to.equal('2001:db8::1');
    expect(normaliseAddress('192.0.2.1')).to.equal('192.0.2.1');
    expect(normaliseAddress('mail.internal')).to.equal('mail.internal');
  });
});

describe('networks', () => {
  it('are read with their first address; one address is a network of itself', () => {
    const read = (text: string) => formatNetwork(parseNetwork(text)!);
    expect(read('10.1.2.3/8')).to.equal('10.0.0.0/8');
    expect(read('2001:db8:1::5/48')).to.equal('2001:db8:1::/48');
    expect(read('192.0.2.7')).to.equal('192.0.2.7/32');
    expect(read('::1')).to.equal('::1/128');
    expect(read('::ffff:10.0.0.0/104')).to.equal('10.0.0.0/8');
  });

  it('are not found in anything else', () => {
    for (const text of [
      '',
      'h',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      '10/8',
      '::/129',
      'fe80::1%eth0/64',
      '10.0.0.0/x',
    ]) {
      expect(parseNetwork(text), text).to.equal(undefined);
    }
  });

  it('lie within wider ones of their family', () => {
    const within = (inner: string, outer: string) => isWithin(parseNetwork(inner)!, parseNetwork(outer)!);
    expect(within('10.1.0.0/16', '10.0.0.0/8')).to.equal(true);
    expect(within('10.0.0.0/8', '10.0.0.0/8')).to.equal(true);
    expect(within('10.0.0.0/7', '10.0.0.0/8')).to.equal(false);
    expect(within('11.0.0.0/16', '10.0.0.0/8')).to.equal(false);
    expect(within('10.0.0.1', '::/0')).to.equal(false);
  });

  it('have the addresses between their first and last, in any form', () => {
    const { has } = createNetworks(['10.0.0.0/24', '2001:db8::/32', '192.0.2.7']);
    const inside = ['10.0.0.0', '10.0.0.255', '::ffff:10.0.0.9', '2001:db8:ffff::1', '192.0.2.7'];
    const outside = ['9.255.255.255', '10.0.1.0', '2001:db9::', '192.0.2.6', '::a00:9', '', 'localhost'];
    expect(inside.filter((address) => !has(address))).to.deep.equal([]);
    expect(outside.filter(has)).to.deep.equal([]);
  });

  it('answer the same when asked again, also after a flood of other addresses', () => {
    const { has } = createNetworks(['10.0.0.0/24']);
    expect([has('10.0.0.1'), has('10.0.0.1'), has('11.0.0.1'), has('11.0.0.1')]).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    for (let index = 0; index < 20_000; index++) has(`172.16.${index >> 8}.${index & 255}`);
    expect([has('10.0.0.1'), has('11.0.0.1')]).to.deep.equal([true, false]);
  });

  it('agree with counting the leading bits that an address and the network share', () => {
    const bits = (address: string) =>
      address
        .split('.')
        .map((part) => Number(part).toString(2).padStart(8, '0'))
        .join('');
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (network, address, prefix) => {
        const expected = bits(network).slice(0, prefix) === bits(address).slice(0, prefix);
        expect(createNetworks([`${network}/${prefix}`]).has(address)).to.equal(expected);
      }),
    );
  });

  it('of no sound form are refused', () => {
    expect(() => createNetworks(['10.0.0.0/40'])).to.throw('10.0.0.0/40 is no network');
  });
});

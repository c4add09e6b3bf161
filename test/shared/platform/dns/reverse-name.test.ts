import { describe, it } from 'mocha';
import { expect } from 'chai';
import fc from 'fast-check';
import { reversedLabels, reverseName } from '@mailpair/shared/platform/dns/reverse-name';

describe('The reverse name of an address', () => {
  it('turns the octets of an IPv4 address round', () => {
    expect(reverseName('192.0.2.1')).to.equal('1.2.0.192.in-addr.arpa');
  });

  it('has a label for every nibble of an IPv6 address', () => {
    const ones = `1.${'0.'.repeat(31)}ip6.arpa`;
    expect(reverseName('::1')).to.equal(ones);
    expect(reverseName('0:0::1')).to.equal(ones);
    expect(reverseName('::')).to.equal(`${'0.'.repeat(32)}ip6.arpa`);
    expect(reverseName('FE80::%eth0')).to.equal(`${'0.'.repeat(28)}0.8.e.f.ip6.arpa`);
    expect(reverseName('::ffff:192.0.2.1')).to.equal(`1.0.2.0.0.0.0.c.f.f.f.f.${'0.'.repeat(20)}ip6.arpa`);
  });

  it('stands in front of any zone that knows addresses', () => {
    expect(reversedLabels('192.0.2.1')).to.equal('1.2.0.192');
    expect(reversedLabels('::ffff:7f00:2')).to.equal(`2.0.0.0.0.0.f.7.f.f.f.f${'.0'.repeat(20)}`);
  });

  it('can be read back, however the IPv6 address was written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const labels = reverseName(address).split('.').slice(0, -2);
        const hextets = labels.reverse().join('').match(/.{4}/g) ?? [];
        const canonical = (literal: string): string => new URL(`http://[${literal}]`).hostname;
        expect(canonical(hextets.join(':'))).to.equal(canonical(address));
      }),
    );
  });

  it('is refused to what is no address', () => {
    for (const text of ['', 'mail.example.com', '192.0.2', '[::1]']) {
      expect(() => reverseName(text), text).to.throw(TypeError);
    }
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { looksGeneric } from '@mailpair/shared/filter/client-name/generic-name';

describe('a name that says its address', () => {
  for (const [name, address] of [
    ['host-203-0-113-77.isp.example', '203.0.113.77'],
    ['77.113.0.203.dynamic.isp.example', '203.0.113.77'],
    ['cpe-203.0.113.77.isp.example', '203.0.113.77'],
    ['ip203000113077.isp.example', '203.0.113.77'],
    ['p-cb00714d.dip.isp.example', '203.0.113.77'],
    ['dsl-113-77.isp.example', '203.0.113.77'],
    ['pool-77-113.isp.example', '203.0.113.77'],
    ['2001-db8-0-1-0-0-0-7.dyn.isp.example', '2001:db8:0:1::7'],
    ['20010db8000000010000000000000007.isp.example', '2001:db8:0:1::7'],
    ['a0b1c2d3e4f50617.isp.example', '2001:db8:0:1:a0b1:c2d3:e4f5:617'],
  ] as const)
    it(`${name} is generic`, () => {
      expect(looksGeneric(name, address)).to.equal(true);
    });

  for (const [name, address] of [
    ['mail.sender.example', '203.0.113.77'],
    ['host-113-77.sender.example', '203.0.113.77'],
    ['web77.sender.example', '203.0.113.77'],
    ['mta-203-0-113-77.sender.example', '203.0.113.77'],
    ['m203-0-113-77.mailer.example', '203.0.113.77'],
    ['out-203-0-113-77.sender.example', '203.0.113.77'],
    ['host-203-0-113-78.isp.example', '203.0.113.77'],
    ['dsl-77.isp.example', '203.0.113.77'],
    ['six.sender.example', '2001:db8:0:1::7'],
    ['', '203.0.113.77'],
  ] as const)
    it(`${name || 'no name'} is not`, () => {
      expect(looksGeneric(name, address)).to.equal(false);
    });

  it('is generic for any address, in order and in reverse', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)), (octets) => {
        const address = octets.join('.');
        expect(looksGeneric(`ip-${octets.join('-')}.isp.example`, address)).to.equal(true);
        expect(looksGeneric(`${octets.toReversed().join('.')}.isp.example`, address)).to.equal(true);
      }),
    );
  });

  it('is told of anything, in no time', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 253 }),
        fc.oneof(fc.ipV4(), fc.constant('2001:db8::1')),
        (name, address) => {
          expect(looksGeneric(name, address)).to.be.a('boolean');
        },
      ),
    );
  });
});

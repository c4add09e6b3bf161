import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { hostOfUrl, subjectOfAddress, subjectOfHost } from '@mailpair/shared/filter/dns-lists/subjects';
import { inList } from '../../../support/list-zone.ts';

describe('what a list is asked about', () => {
  it('is the octets of an IPv4 address in reverse', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 192, max: 223 }), fc.nat(255), fc.nat(255), fc.nat(255)),
        (octets) => {
          const address = octets.join('.');
          fc.pre(!address.startsWith('192.168.'));
          expect(subjectOfAddress(address)).to.deep.equal({
            subject: address,
            labels: octets.toReversed().join('.'),
            family: 4,
          });
        },
      ),
    );
  });

  it('is the 32 nibbles of an IPv6 address in reverse', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const subject = subjectOfAddress(address);
        fc.pre(subject?.family === 6);
        expect(subject.labels).to.match(/^(?:[0-9a-f]\.){31}[0-9a-f]$/);
        expect(`${subject.labels}.bl`).to.equal(inList(address, 'bl'));
      }),
    );
  });

  it('is no address that means something only here', () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '192.168.0.1',
      '100.64.0.1',
      '::1',
      'fe80::1',
      'fd00::1',
      'x',
    ])
      expect(subjectOfAddress(address), address).to.equal(undefined);
  });

  it('is the registrable domain of a host', () => {
    expect(subjectOfHost('WWW.Shop.Example.co.uk.')).to.deep.equal({
      subject: 'example.co.uk',
      labels: 'example.co.uk',
    });
    expect(subjectOfHost('www.bücher.example')).to.have.property('subject', 'xn--bcher-kva.example');
    expect(subjectOfHost('192.0.2.9')).to.have.property('labels', '9.2.0.192');
    expect(subjectOfHost('localhost')).to.equal(undefined);
  });

  it('is never a name that leaves no room for the zone, nor one with other characters', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.domain()), (host) => {
        const subject = subjectOfHost(host);
        if (subject) expect(subject.labels.length).to.be.at.most(180);
      }),
    );
  });

  for (const [url, host] of [
    ['https://www.example.com:8080/a?b#c', 'www.example.com'],
    ['http://user:secret@example.com/', 'example.com'],
    ['www.example.com/path', 'www.example.com'],
    ['http://3221225993/', '192.0.2.9'],
    ['http://0xc0.0.2.9/', '192.0.2.9'],
    ['http://[2001:db8::9]/', '2001:db8::9'],
    ['HTTP://EXAMPLE.COM', 'example.com'],
    ['mailto:a@example.com', ''],
    ['javascript:alert(1)', ''],
    ['http://', ''],
    ['', ''],
    ['file://share.test/x', 'share.test'],
  ] as const)
    it(`of ${JSON.stringify(url)} is the host ${JSON.stringify(host)}`, () => {
      expect(hostOfUrl(url)).to.equal(host);
    });

  it('is some text for any URL', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' })), (url) => {
        expect(hostOfUrl(url)).to.be.a('string');
      }),
    );
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { registrableDomain } from '@mailpair/shared/platform/dns/registrable-domain';

describe('the registrable domain', () => {
  for (const [name, domain] of [
    ['example.com', 'example.com'],
    ['a.b.shop.example.co.uk', 'example.co.uk'],
    ['pages.me.github.io', 'me.github.io'],
    ['shop.xn--bcher-kva.example.test', 'example.test'],
    ['co.uk', undefined],
    ['localhost', undefined],
    ['192.0.2.7', undefined],
    ['', undefined],
    ['..', undefined],
  ] as const)
    it(`of ${JSON.stringify(name)} is ${domain ?? 'none'}`, () => {
      expect(registrableDomain(name)).to.equal(domain);
    });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { authorDomain } from '@mailpair/shared/gateway/sign/author-domain';

describe('the domain of the author', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['anna@example.com', 'example.com'],
    ['Anna <anna@EXAMPLE.com>', 'example.com'],
    ['"anna@evil.test" <anna@example.com>', 'example.com'],
    ['"a\\"b@evil.test <x@evil.test>" <anna@example.com>', 'example.com'],
    ['(anna@evil.test (nested\\))) anna@example.com (x)', 'example.com'],
    ['Anna <anna@example.com>, Bert <bert@example.org>', 'example.com'],
    ['Team: Anna <anna@example.com>, bert@example.org;', 'example.com'],
    ['"quoted local"@example.com', 'example.com'],
    ['<anna@[192.0.2.1]>', undefined],
    ['Anna <anna @ example.com>', 'example.com'],
    [Buffer.from('anna@bücher.example').toString('latin1'), 'xn--bcher-kva.example'],
    ['anna', undefined],
    ['@example.com', undefined],
    ['', undefined],
    ['undisclosed:;', undefined],
    ['"never ends <anna@example.com>', undefined],
    ['anna@exa mple.com>evil', undefined],
  ];
  for (const [value, domain] of cases)
    it(`of ${JSON.stringify(value)} is ${domain ?? 'not known'}`, () => {
      expect(authorDomain(value)).to.equal(domain);
    });

  it('is found or not, whatever the field, in time that grows with its length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '(', ')', '<', '>', '@', ',', ':', 'a', '.') }),
        (value) => {
          const domain = authorDomain(value);
          if (domain !== undefined) expect(domain).to.match(/^[a-z0-9.-]+$/);
        },
      ),
    );
    for (const part of ['<', '(', '"', ':', '<a@', 'a:', '\\']) authorDomain(part.repeat(100_000));
  });
});

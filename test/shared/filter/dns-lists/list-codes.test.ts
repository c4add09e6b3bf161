import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { matchesCode, meaningOf } from '@mailpair/shared/filter/dns-lists/list-codes';

const octet = fc.nat({ max: 255 });

describe('a code of a list', () => {
  for (const [code, named, meaning] of [
    ['127.0.0.2', [], 'listing'],
    ['127.0.0.11', ['127.0.0.4'], 'listing'],
    ['127.0.1.2', [], 'other'],
    ['127.0.1.2', ['127.0.1.2'], 'listing'],
    ['127.0.5.3', ['127.0.*.3'], 'listing'],
    ['127.0.5.2', ['127.0.*.3'], 'other'],
    ['127.0.0.1', [], 'refusal'],
    ['127.0.0.255', [], 'refusal'],
    ['127.0.0.1', ['127.0.0.1'], 'listing'],
    ['127.255.255.254', [], 'refusal'],
    ['127.255.255.254', ['127.*.*.*'], 'refusal'],
    ['203.0.113.7', [], 'foreign'],
  ] as const)
    it(`${code} is a ${meaning}${named.length > 0 ? ` where ${named.join()} is named` : ''}`, () => {
      expect(meaningOf(code, named)).to.equal(meaning);
    });

  it('is a listing by itself only within 127.0.0.0/24', () => {
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        if (meaningOf(`${a}.${b}.${c}.${d}`, []) === 'listing') expect([a, b, c]).to.deep.equal([127, 0, 0]);
      }),
    );
  });

  it('fits a pattern when every octet does', () => {
    expect(matchesCode('127.0.10.3', '127.0.*.3')).to.equal(true);
    expect(matchesCode('127.0.10.30', '127.0.*.3')).to.equal(false);
    expect(matchesCode('127.0.0.2', '127.0.0.*')).to.equal(true);
  });
});

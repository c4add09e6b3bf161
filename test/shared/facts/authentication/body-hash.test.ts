import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { BodyHash } from '@mailpair/shared/facts/authentication/body-hash';

/** RFC 6376 §3.4.3 and §3.4.4 word by word. */
function canonical(body: string, form: string): string {
  const lines = body.split('\r\n');
  if (form === 'simple') return body.replace(/(?:\r\n)*$/, '') + '\r\n';
  const reduced = lines
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)*$/, '');
  return reduced === '' ? '' : `${reduced}\r\n`;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('base64');

const body = fc
  .array(fc.constantFrom('a', 'b', ' ', '\t', '  ', '\r\n', '\r\n\r\n', ' \r\n', '\t\r\n', 'é'), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

describe('the hash of a body', () => {
  for (const form of ['simple', 'relaxed'])
    it(`is that of the ${form} form, however the pieces are cut`, () => {
      fc.assert(
        fc.property(body, fc.array(fc.nat(70), { maxLength: 6 }), (text, cuts) => {
          const octets = Buffer.from(text, 'latin1');
          const hash = new BodyHash(form, 'sha256', '');
          let from = 0;
          for (const cut of [...cuts.sort((a, b) => a - b), octets.length]) {
            hash.update(octets.subarray(from, Math.max(from, cut)));
            from = Math.max(from, cut);
          }
          const wanted = canonical(text, form);
          expect(hash.digest('base64')).to.equal(sha256(wanted));
          expect(hash).to.include({ byteLength: octets.length, canonicalizedLength: wanted.length });
        }),
        { numRuns: 500 },
      );
    });

  it('stops at l= and counts what follows', () => {
    const hash = new BodyHash('simple', 'sha256', 5);
    hash.update(Buffer.from('abc'));
    hash.update(Buffer.from('defgh\r\n'));
    expect(hash.digest('base64')).to.equal(sha256('abcde'));
    expect(hash).to.include({ bodyHashedBytes: 5, canonicalizedLength: 10 });
  });

  it('takes a flood of empty lines for what it is', () => {
    const hash = new BodyHash('relaxed', 'sha256', '');
    const lines = '\r\n'.repeat(100_000);
    hash.update(Buffer.from(`a${lines}`));
    hash.update(Buffer.from(`b${lines}`));
    expect(hash.digest('base64')).to.equal(sha256(`a${lines}b\r\n`));
  });
});

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { BodyHash } from '@mailpair/shared/platform/values/body-hash';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

interface Hash {
  update(chunk: Buffer): void;
  digest(encoding: 'base64'): string;
}
/** What mailauth makes of a body, by its own code. */
const { dkimBody } = createRequire(import.meta.url)('mailauth/lib/dkim/body') as {
  dkimBody(canonicalization: string, algorithm: string): Hash;
};

function theirs(body: Buffer, form: string): string {
  const hash = dkimBody(form, 'rsa-sha256');
  hash.update(body);
  return hash.digest('base64');
}

/** RFC 6376 §3.4.3 and §3.4.4 word by word. */
function canonical(body: string, form: string): string {
  if (form === 'simple') return body.replace(/(?:\r\n)*$/, '') + '\r\n';
  const reduced = body
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)*$/, '');
  return reduced === '' ? '' : `${reduced}\r\n`;
}

/** In one piece, or cut at some places. */
function hashed(body: Buffer, form = 'relaxed', cuts: readonly number[] = [], limit?: number): BodyHash {
  const hash = new BodyHash(form, 'sha256', limit);
  const at = [0, ...cuts.map((cut) => cut % (body.length + 1)), body.length].sort((a, b) => a - b);
  for (let index = 1; index < at.length; index += 1) hash.update(body.subarray(at[index - 1], at[index]));
  return hash;
}
const relaxed = (text: string, cuts?: readonly number[]): string =>
  hashed(Buffer.from(text), 'relaxed', cuts).digest();

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('base64');

const forms = ['simple', 'relaxed'];
const piece = fc.oneof(
  fc.constantFrom('\r\n', ' ', '\t', '  \t', '\r\n\r\n', ' \r\n', 'x', 'é', 'a word', 'y'.repeat(600)),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replace(/[\r\n]/g, '')),
);
const bodies = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join('')));

describe('the hash of a body', () => {
  it('is that of RFC 6376 §3.4.5: white space becomes one space, none at line ends, no empty lines at the end', () => {
    expect(relaxed(' C \r\nD \t E\r\n\r\n\r\n')).to.equal(sha256(' C\r\nD E\r\n'));
  });

  it('in relaxed form of an empty body, and of one of empty lines, is that of nothing (§3.4.4)', () => {
    for (const body of ['', '\r\n', '\r\n\r\n', ' \t\r\n\r\n', '\t'])
      expect(relaxed(body), JSON.stringify(body)).to.equal(sha256(''));
  });

  it('ends the last line if nothing did', () => {
    expect(relaxed('a')).to.equal(sha256('a\r\n'));
    expect(relaxed('a \t')).to.equal(sha256('a\r\n'));
  });

  it('leaves a bare CR as it is, also where pieces end', () => {
    expect(relaxed('a\rb\r', [2])).to.equal(sha256('a\rb\r\r\n'));
  });

  for (const form of forms)
    it(`in ${form} form is the same however the body is cut, that of the RFC and what mailauth makes of it`, () => {
      fc.assert(
        fc.property(bodies, fc.array(fc.nat(), { maxLength: 6 }), (octets, cuts) => {
          const hash = hashed(octets, form, cuts);
          const wanted = canonical(octets.toString('latin1'), form);
          const digest = hash.digest();
          expect(digest).to.equal(sha256(wanted)).and.equal(theirs(octets, form));
          expect(hash).to.include({
            byteLength: octets.length,
            canonicalizedLength: wanted.length,
            bodyHashedBytes: wanted.length,
          });
        }),
        { numRuns: 1000 },
      );
    });

  it('stops at l= and counts what follows', () => {
    const hash = hashed(Buffer.from('abcdefgh\r\n'), 'simple', [3], 5);
    expect(hash.digest()).to.equal(sha256('abcde'));
    expect(hash).to.include({ bodyHashedBytes: 5, canonicalizedLength: 10 });
  });

  it('takes bodies of many megabytes, and any number of empty lines within', () => {
    for (const body of [
      Buffer.from(`${'\r\n'.repeat(500_000)}x\r\n`),
      Buffer.alloc(3_000_000, 'abc  def\r\n'),
    ])
      expect(hashed(body, 'relaxed', [70_000, 70_001, 2_000_000]).digest()).to.equal(theirs(body, 'relaxed'));
  });
});

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { BodyHash } from '@mailpair/shared/sign/body-hash';

interface Hash {
  update(chunk: Buffer): void;
  digest(encoding: 'base64'): string;
}
/** What mailauth makes of a body, by its own code. */
const { dkimBody } = createRequire(import.meta.url)('mailauth/lib/dkim/body') as {
  dkimBody(canonicalization: string, algorithm: string): Hash;
};

function theirs(body: Buffer): string {
  const hash = dkimBody('relaxed', 'rsa-sha256');
  hash.update(body);
  return hash.digest('base64');
}

/** In one piece, or cut at some places. */
function ours(body: Buffer, cuts: readonly number[] = []): string {
  const hash = new BodyHash(body.length);
  const at = [0, ...cuts.map((cut) => cut % (body.length + 1)), body.length].sort((a, b) => a - b);
  for (let index = 1; index < at.length; index += 1) hash.add(body.subarray(at[index - 1], at[index]));
  return hash.digest();
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

describe('the hash of a body in relaxed form', () => {
  it('is that of RFC 6376 §3.4.5: white space becomes one space, none at line ends, no empty lines at the end', () => {
    expect(ours(Buffer.from(' C \r\nD \t E\r\n\r\n\r\n'))).to.equal(sha256(' C\r\nD E\r\n'));
  });

  it('of an empty body, and of one of empty lines, is that of nothing (§3.4.4)', () => {
    for (const body of ['', '\r\n', '\r\n\r\n', ' \t\r\n\r\n', '\t'])
      expect(ours(Buffer.from(body)), JSON.stringify(body)).to.equal(sha256(''));
  });

  it('ends the last line if nothing did', () => {
    expect(ours(Buffer.from('a'))).to.equal(sha256('a\r\n'));
    expect(ours(Buffer.from('a \t'))).to.equal(sha256('a\r\n'));
  });

  it('leaves a bare CR as it is, also where pieces end', () => {
    expect(ours(Buffer.from('a\rb\r'), [2])).to.equal(sha256('a\rb\r\r\n'));
  });

  it('is the same however the body is cut, and what mailauth makes of it', () => {
    const piece = fc.oneof(
      fc.constantFrom('\r\n', ' ', '\t', '  \t', '\r\n\r\n', ' \r\n', 'x'),
      fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replace(/[\r\n]/g, '')),
    );
    const body = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join('')));
    fc.assert(
      fc.property(body, fc.array(fc.nat(), { maxLength: 6 }), (octets, cuts) => {
        const whole = ours(octets);
        expect(ours(octets, cuts)).to.equal(whole);
        expect(whole).to.equal(theirs(octets));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes bodies of many megabytes, and any number of empty lines within', () => {
    for (const body of [
      Buffer.from(`${'\r\n'.repeat(500_000)}x\r\n`),
      Buffer.alloc(3_000_000, 'abc  def\r\n'),
    ])
      expect(ours(body, [70_000, 70_001, 2_000_000])).to.equal(theirs(body));
  });
});

import { laidOut, scanLines, scannable } from '@mailpair/shared/platform/fast/line-scan';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

/** Mostly plain text, of lines that end as they should; now and then something else. */
const plain = fc
  .array(fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('\r\n', '\t', ' a..', 'ÿ\x80', '\x01\x0e')), {
    minLength: 10,
    maxLength: 60,
  })
  .map((parts) => parts.join('').replace(/(?<=\r\n)\./g, ''));
const text = fc
  .tuple(plain, fc.constantFrom('', '', '\r', '\n', '\0', '\r\n.', '\n\r', '\r\r\n', '.'), plain)
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

/** Where it begins that must be decided, found with an expression. */
function oddIn(octets: Buffer, from: number, isLineStart: boolean): number {
  const rest = `${isLineStart ? '\r\n' : ''}${octets.toString('latin1', from)}`;
  const odd = /\r(?!\n)|(?<!\r)\n|\0|(?<=\r\n)\./.exec(rest)?.index ?? rest.length;
  return from + odd - (isLineStart ? 2 : 0);
}

describe('the scan of lines', () => {
  it('goes on to where something is to be decided, by sixteens, and never between CR and LF', () => {
    let furthest = 0;
    fc.assert(
      fc.property(text, fc.nat(20), fc.nat(50), fc.boolean(), (octets, place, from, mayBegin) => {
        const chunk = scannable.subarray(place, place + octets.copy(scannable, place));
        const at = Math.min(from, octets.length);
        fc.pre(octets[at - 1] !== 13);
        const isLineStart = octets[at - 1] === 10 || (at === 0 && mayBegin);
        const reached = scanLines(chunk, at, isLineStart);
        const odd = oddIn(octets, at, isLineStart);
        expect(reached).to.be.within(at, odd);
        expect(reached).to.be.above(Math.min(odd, octets.length) - 18);
        if (reached > at) expect(octets[reached - 1]).not.to.equal(13);
        expect(chunk.equals(octets), 'changes nothing').to.equal(true);
        furthest = Math.max(furthest, reached - at);
      }),
      { numRuns: 5_000 },
    );
    expect(furthest).to.be.above(150);
  });

  it('sees what stands at any place of sixteen', () => {
    const plain = Buffer.from('abcdef\r\nghijkl\r\n'.repeat(8), 'latin1');
    const lay = (octets: Buffer): Buffer => scannable.subarray(7, 7 + octets.copy(scannable, 7));
    expect(scanLines(lay(plain), 0, true)).to.equal(plain.length);
    for (const odd of ['\0', '\r', '\n', '\r\n.'])
      for (let at = 0; at < 64; at += 1) {
        const octets = Buffer.from(plain);
        octets.write(odd, at, 'latin1');
        expect(scanLines(lay(octets), 0, true), `${JSON.stringify(odd)} at ${at}`).to.be.at.most(
          Math.max(0, oddIn(octets, 0, true)),
        );
      }
  });

  it('looks through large octets of elsewhere where it has copied them, beside what was read', () => {
    const text = Buffer.from('0123456789abcd\r\n'.repeat(200), 'latin1');
    scannable.fill('r');
    const laid = laidOut(text);
    expect(laid.equals(text)).to.equal(true);
    expect(scanLines(laid, 0, true)).to.equal(text.length);
    expect(scannable.every((octet) => octet === 114)).to.equal(true);
    expect(laidOut(scannable)).to.equal(scannable);
    const tooLarge = Buffer.alloc(1_000_000);
    expect(laidOut(tooLarge)).to.equal(tooLarge);
  });

  it('leaves alone what does not lie in its memory', () => {
    expect(scanLines(Buffer.alloc(100, 'x'), 3, false)).to.equal(3);
  });
});

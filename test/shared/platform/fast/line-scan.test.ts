import { readFileSync } from 'node:fs';
import { laidOut, scanLines, scannable } from '@mailpair/shared/platform/fast/line-scan';
import { SCAN_MODULE } from '@mailpair/shared/platform/fast/line-scan-code';
import { scanLinesSimple } from '@mailpair/shared/platform/fast/line-scan-simple';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import wabt from 'wabt';
import { cut } from '../../../support/cut.ts';

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
const cuts = fc.array(fc.nat(2_000), { maxLength: 5 });

const CR = 13;
const LF = 10;

describe('the scan of lines', () => {
  it('reaches the last 16 octets before the place that the simple version finds, in chunks cut anywhere', () => {
    let furthest = 0;
    fc.assert(
      fc.property(text, cuts, fc.nat(20), fc.boolean(), (octets, places, offset, begins) => {
        let before = begins ? LF : -1;
        for (const piece of cut(octets, places)) {
          const chunk = scannable.subarray(offset, offset + piece.copy(scannable, offset));
          // The caller keeps a CR that ends a chunk, so no chunk begins with the LF of it.
          if (before !== CR) {
            const reached = scanLines(chunk, 0, before === LF);
            const decision = scanLinesSimple(chunk, 0, before === LF);
            expect(reached).to.be.within(Math.max(0, decision - 17), decision);
            if (reached > 0) expect(chunk[reached - 1]).not.to.equal(CR);
            expect(chunk.equals(piece), 'changes nothing').to.equal(true);
            furthest = Math.max(furthest, reached);
          }
          before = piece.at(-1) ?? before;
        }
      }),
      { numRuns: 5_000 },
    );
    expect(furthest).to.be.above(150);
  });

  it('goes on from any place as the simple version does', () => {
    fc.assert(
      fc.property(text, fc.nat(50), (octets, from) => {
        const chunk = scannable.subarray(3, 3 + octets.copy(scannable, 3));
        const at = Math.min(from, octets.length);
        fc.pre(octets[at - 1] !== CR);
        const decision = scanLinesSimple(chunk, at, octets[at - 1] === LF);
        expect(scanLines(chunk, at, octets[at - 1] === LF)).to.be.within(
          Math.max(at, decision - 17),
          decision,
        );
      }),
      { numRuns: 2_000 },
    );
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
          scanLinesSimple(octets, 0, true),
        );
      }
  });

  it('scans a copy of large octets from elsewhere, and the copy overwrites nothing that was read', () => {
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

  it('is assembled from its text', async () => {
    const code = import.meta.resolve('@mailpair/shared/platform/fast/line-scan');
    const wat = readFileSync(new URL('line-scan.wat', code), 'utf8');
    const { parseWat } = await wabt();
    const { buffer } = parseWat('line-scan.wat', wat, { simd: true }).toBinary({});
    expect(SCAN_MODULE, 'what line-scan-code.ts must have').to.equal(Buffer.from(buffer).toString('base64'));
  });
});

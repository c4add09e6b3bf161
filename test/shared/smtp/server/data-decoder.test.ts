import { expect } from 'chai';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { DataDecoder } from '@mailpair/shared/smtp/server/data-decoder';
import { scannable } from '@mailpair/shared/platform/fast/line-scan';
import { cut } from '../../../support/cut.ts';

type Mode = 'reject' | 'normalise';

interface Decoded {
  readonly content: Buffer;
  readonly bareLineEnd: boolean;
  readonly isTransparent: boolean;
  /** What followed the final dot; undefined when there was none. */
  readonly rest: Buffer | undefined;
}

let laid: (chunk: Buffer) => Buffer;

/** Chunks come from anywhere, or in the memory that sockets are read into, which is written over for the next one. */
const places = {
  'where it is': (chunk: Buffer): Buffer => chunk,
  'in the memory of all': (chunk: Buffer): Buffer => {
    scannable.fill('\r.');
    return scannable.subarray(5, 5 + chunk.copy(scannable, 5));
  },
};

/** Feeds the octets cut at `places`; what is not fed any more after the end belongs to the rest. */
function decode(octets: Buffer, places: readonly number[], mode: Mode): Decoded {
  const decoder = new DataDecoder(mode);
  const pieces: Buffer[] = [];
  let to = 0;
  for (const chunk of cut(octets, places)) {
    const rest = decoder.feed(laid(chunk), (piece) => pieces.push(Buffer.from(piece)));
    to += chunk.length;
    if (rest) {
      expect(decoder.ended).to.equal(true);
      return {
        content: Buffer.concat(pieces),
        bareLineEnd: decoder.bareLineEnd,
        isTransparent: decoder.isTransparent,
        rest: Buffer.concat([Buffer.from(rest), octets.subarray(to)]),
      };
    }
  }
  expect(decoder.ended).to.equal(false);
  const { bareLineEnd, isTransparent } = decoder;
  return { content: Buffer.concat(pieces), bareLineEnd, isTransparent, rest: undefined };
}

const stuffed = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(
    lines.flatMap((line) => [line[0] === 46 ? Buffer.concat([Buffer.from('.'), line]) : line, CRLF]),
  );

const CRLF = Buffer.from('\r\n');
const END = Buffer.from('.\r\n');
const cuts = fc.array(fc.nat(10_000), { maxLength: 12 });
const mode = fc.constantFrom<Mode>('reject', 'normalise');

/** Lines of any octets but CR, LF and NUL, many of them dots. */
const line = fc
  .array(
    fc.oneof(
      fc.constant(46),
      fc.integer({ min: 1, max: 255 }).filter((octet) => octet !== 10 && octet !== 13),
    ),
    {
      maxLength: 12,
    },
  )
  .map((octets) => Buffer.from(octets));
const lines = fc.array(line, { maxLength: 12 });

/** Octets of which most matter to the decoder. */
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(0, 10, 13, 46, 97).map((octet) => [octet]),
      fc.integer({ min: 0, max: 255 }).map((octet) => [octet]),
      fc.constantFrom('some plain text of a line', '\r\n', '\r\n.').map((text) => [...Buffer.from(text)]),
    ),
    { maxLength: 60 },
  )
  .map((octets) => Buffer.from(octets.flat()));

const hasBareLineEnd = (octets: Buffer): boolean => /\r(?!\n)|(?<!\r)\n|\0/.test(octets.toString('latin1'));

/** The content as the octets say it, found with an expression instead of a machine. */
function contentOf(octets: Buffer): { readonly content: string; readonly end: number } | undefined {
  const text = octets.toString('latin1');
  const at = text.startsWith('.\r\n') ? 0 : text.indexOf('\r\n.\r\n') + 2;
  if (at === 1) return undefined;
  return { content: text.slice(0, at).replace(/(^|\r\n)\./g, '$1'), end: at + 3 };
}

/** The octets as one message, fed as chunks that are cut at `places`. */
function decodeChunks(octets: Buffer, places: readonly number[], how: Mode): Decoded {
  const decoder = new DataDecoder(how, 'chunks');
  const pieces: Buffer[] = [];
  const emit = (piece: Buffer): void => void pieces.push(Buffer.from(piece));
  for (const chunk of cut(octets, places)) expect(decoder.feed(laid(chunk), emit)).to.equal(undefined);
  decoder.finish(emit);
  const { bareLineEnd, isTransparent } = decoder;
  return { content: Buffer.concat(pieces), bareLineEnd, isTransparent, rest: undefined };
}

for (const [place, lay] of Object.entries(places))
  describe(`the decoder of chunks, ${place}`, () => {
    before(() => void (laid = lay));

    it('takes octets as they are, and ends a last line that was not', () => {
      fc.assert(
        fc.property(soup, cuts, (octets, places) => {
          const { content, bareLineEnd } = decodeChunks(octets, places, 'reject');
          const text = octets.toString('latin1');
          expect(content.toString('latin1')).to.equal(/(^|\r\n)$/.test(text) ? text : `${text}\r\n`);
          expect(bareLineEnd).to.equal(hasBareLineEnd(octets));
        }),
        { numRuns: 3_000 },
      );
    });

    it('normalises as after DATA', () => {
      fc.assert(
        fc.property(soup, cuts, (octets, places) => {
          const { content } = decodeChunks(octets, places, 'normalise');
          const text = octets
            .toString('latin1')
            .replace(/\r\n|\r|\n|\0/g, (end) => (end === '\0' ? '' : '\r\n'));
          const whole = /(^|\r\n)$/.test(text) ? text : `${text}\r\n`;
          // A last line with nothing but a NUL in it is a line.
          expect(content.toString('latin1')).to.be.oneOf([whole, `${whole}\r\n`]);
          expect(hasBareLineEnd(content)).to.equal(false);
        }),
        { numRuns: 3_000 },
      );
    });

    it('says whether a line begins with a dot, so that the next hop is not shown an end that is none', () => {
      fc.assert(
        fc.property(soup, cuts, mode, (octets, places, how) => {
          const { content, isTransparent } = decodeChunks(octets, places, how);
          if (isTransparent) expect(content.toString('latin1')).not.to.match(/(^|\r\n)\./);
        }),
        { numRuns: 3_000 },
      );
      expect(decodeChunks(Buffer.from('a\r\nb.\r\n'), [2], 'reject').isTransparent).to.equal(true);
      expect(decodeChunks(Buffer.from('a\r\n.\r\n'), [3], 'reject').isTransparent).to.equal(false);
    });
  });

for (const [place, lay] of Object.entries(places))
  describe(`the decoder of message octets, ${place}`, () => {
    before(() => void (laid = lay));

    it('gives back any lines, dot-stuffed and cut anywhere, exactly', () => {
      fc.assert(
        fc.property(lines, cuts, mode, (content, places, how) => {
          const decoded = decode(Buffer.concat([stuffed(content), END]), places, how);
          expect(decoded.content).to.deep.equal(Buffer.concat(content.flatMap((each) => [each, CRLF])));
          expect(decoded.bareLineEnd).to.equal(false);
          expect(decoded.rest).to.have.lengthOf(0);
        }),
      );
    });

    it('returns what follows the final dot exactly, however it was cut', () => {
      fc.assert(
        fc.property(lines, soup, cuts, mode, (content, rest, places, how) => {
          expect(decode(Buffer.concat([stuffed(content), END, rest]), places, how).rest).to.deep.equal(rest);
        }),
      );
    });

    it('ends at CRLF.CRLF and nowhere else, and unstuffs only after CRLF', () => {
      fc.assert(
        fc.property(soup, cuts, (octets, places) => {
          const decoded = decode(octets, places, 'reject');
          const expected = contentOf(octets);
          expect(decoded.rest === undefined).to.equal(expected === undefined);
          if (!expected) return;
          expect(decoded.content.toString('latin1')).to.equal(expected.content);
          expect(decoded.rest).to.deep.equal(octets.subarray(expected.end));
        }),
        { numRuns: 3_000 },
      );
    });

    it('marks a bare CR, a bare LF or a NUL anywhere, however it was cut, and nothing else', () => {
      fc.assert(
        fc.property(soup, cuts, mode, (octets, places, how) => {
          const whole = Buffer.concat([octets, Buffer.from('\r\n.\r\n')]);
          const decoded = decode(whole, places, how);
          const read = whole.subarray(0, whole.length - (decoded.rest?.length ?? 0));
          expect(decoded.bareLineEnd).to.equal(hasBareLineEnd(read));
        }),
        { numRuns: 3_000 },
      );
    });

    it('normalises to CRLF line ends only, and loses no other octet but NUL', () => {
      fc.assert(
        fc.property(soup, cuts, (octets, places) => {
          const whole = Buffer.concat([octets, Buffer.from('\r\n.\r\n')]);
          const kept = decode(whole, places, 'reject').content.toString('latin1');
          const { content } = decode(whole, places, 'normalise');
          expect(hasBareLineEnd(content)).to.equal(false);
          expect(content.toString('latin1')).to.equal(
            kept.replace(/\r\n|\r|\n|\0/g, (end) => (end === '\0' ? '' : '\r\n')),
          );
        }),
        { numRuns: 3_000 },
      );
    });

    it('finds each control character in lines longer than it looks at at once, wherever they begin in memory', () => {
      const telling = fc.constantFrom('\0', '\n', '\r', '\t', '\x0e', '\x0d\n', '\x80', '\xff', '.');
      const long = fc.tuple(fc.nat(300), telling, fc.nat(300), fc.nat(7));
      fc.assert(
        fc.property(long, cuts, ([before, what, after, offset], places) => {
          const text = `${'x'.repeat(before)}${what}${'\x7f'.repeat(after)}\r\n.\r\n`;
          const octets = Buffer.alloc(offset + text.length, text, 'latin1')
            .fill(text, offset, 'latin1')
            .subarray(offset);
          const decoded = decode(octets, places, 'reject');
          expect(decoded.content.toString('latin1')).to.equal(contentOf(octets)!.content);
          expect(decoded.bareLineEnd).to.equal(hasBareLineEnd(octets));
        }),
        { numRuns: 2_000 },
      );
    });

    it('says of what it gives whether a line of it begins with a dot', () => {
      fc.assert(
        fc.property(fc.oneof(soup, lines.map(stuffed)), cuts, mode, (octets, places, how) => {
          const { content, isTransparent } = decode(octets, places, how);
          if (isTransparent) expect(content.toString('latin1')).not.to.match(/(^|\r\n)\./);
        }),
        { numRuns: 3_000 },
      );
      expect(decode(Buffer.from('a\r\nb.\r\n.\r\n'), [], 'reject').isTransparent).to.equal(true);
      expect(decode(Buffer.from('a\r\n..\r\n.\r\n'), [], 'reject').isTransparent).to.equal(false);
      expect(decode(Buffer.from('a\n.b\r\n.\r\n'), [], 'normalise').isTransparent).to.equal(false);
    });

    it('takes large chunks from anywhere, and gives back as theirs what follows the end', () => {
      const large = fc.array(fc.oneof(line, fc.constant(Buffer.alloc(70, 'x'))), {
        minLength: 30,
        maxLength: 100,
      });
      fc.assert(
        fc.property(large, (content) => {
          const text = stuffed([...content, Buffer.alloc(2_000, 'y')]);
          const chunk = laid(Buffer.concat([text, END, Buffer.from('NOOP\r\n')]));
          const pieces: Buffer[] = [];
          const rest = new DataDecoder('reject').feed(chunk, (piece) => pieces.push(Buffer.from(piece)));
          expect(Buffer.concat(pieces)).to.deep.equal(
            Buffer.concat([...content, Buffer.alloc(2_000, 'y')].flatMap((each) => [each, CRLF])),
          );
          expect(rest!.toString()).to.equal('NOOP\r\n');
          expect(rest!.buffer).to.equal(chunk.buffer);
        }),
        { numRuns: 200 },
      );
    });

    it('hands on the parts of a chunk without copying them', () => {
      const chunk = Buffer.from('one\r\n..two\r\n.\r\n');
      const decoder = new DataDecoder('reject');
      const pieces: Buffer[] = [];
      decoder.feed(chunk, (piece) => pieces.push(piece));
      expect(pieces.map(String)).to.deep.equal(['one\r\n', '.two\r\n']);
      for (const piece of pieces) expect(piece.buffer).to.equal(chunk.buffer);
    });
  });

/**
 * Content-Transfer-Encoding (RFC 2045 §6) undone as leniently as mail programs do it, since what they show is what matters:
 * octets that base64 does not have are passed over, and pieces joined after padding are all decoded. Pure.
 */
const EQUALS = 0x3d;
const CR = 0x0d;
const LF = 0x0a;
const HYPHEN = 0x2d;
const UNDERSCORE = 0x5f;
/** Pieces of base64 that each end in padding; what follows is read as one. */
const PIECES = 1_000;

export interface Unencoded {
  readonly octets: Buffer;
  /** Base64 goes on after its padding, where programs differ. */
  readonly goesOn?: true;
  /** What programs read that pass over padding within a group of four. */
  readonly other?: Buffer;
}

export function decodeBase64(encoded: Buffer): Unencoded {
  const octets = withoutUrlAlphabet(encoded);
  const padding = octets.indexOf(EQUALS);
  const next = padding === -1 ? -1 : nextPiece(octets, padding);
  if (next === -1) return { octets: Buffer.from(octets.toString('latin1'), 'base64') };
  const pieces: Buffer[] = [];
  let isWhole = true;
  let from = 0;
  let to = padding;
  let then = next;
  for (;;) {
    pieces.push(Buffer.from(octets.toString('latin1', from, to), 'base64'));
    if (then === -1) break;
    isWhole &&= endsGroup(octets, from, then);
    from = then;
    if (pieces.length === PIECES) {
      pieces.push(unpadded(octets.subarray(from)));
      break;
    }
    const end = octets.indexOf(EQUALS, from);
    to = end === -1 ? octets.length : end;
    then = end === -1 ? -1 : nextPiece(octets, end);
  }
  const read = { octets: Buffer.concat(pieces), goesOn: true } as const;
  return isWhole ? read : { ...read, other: unpadded(octets) };
}

/** The runtime also decodes the alphabet of URLs (RFC 4648 §5), which mail programs pass over. */
const withoutUrlAlphabet = (octets: Buffer): Buffer =>
  octets.includes(HYPHEN) || octets.includes(UNDERSCORE)
    ? Buffer.from(octets.toString('latin1').replace(/[-_]/g, ''), 'latin1')
    : octets;

const unpadded = (octets: Buffer): Buffer =>
  Buffer.from(octets.toString('latin1').replaceAll('=', ''), 'base64');

/** A piece with its padding is made of whole groups of four. */
function endsGroup(octets: Buffer, from: number, to: number): boolean {
  let count = 0;
  for (let at = from; at < to; at += 1) if (octets[at] === EQUALS || isBase64(octets[at]!)) count += 1;
  return count % 4 === 0;
}

/** The next octet of base64 that is not padding. */
function nextPiece(octets: Buffer, from: number): number {
  for (let at = from; at < octets.length; at += 1) if (isBase64(octets[at]!)) return at;
  return -1;
}

const isBase64 = (octet: number): boolean =>
  (octet >= 0x41 && octet <= 0x5a) ||
  (octet >= 0x61 && octet <= 0x7a) ||
  (octet >= 0x30 && octet <= 0x39) ||
  octet === 0x2b ||
  octet === 0x2f;

export function decodeQuotedPrintable(octets: Buffer): Buffer {
  let equals = octets.indexOf(EQUALS);
  if (equals === -1) return octets;
  const out = Buffer.allocUnsafe(octets.length);
  let length = 0;
  let from = 0;
  while (equals !== -1) {
    length += octets.copy(out, length, from, equals);
    from = equals + 1;
    const high = hexOf(octets[from]);
    const low = hexOf(octets[from + 1]);
    if (high !== -1 && low !== -1) {
      out[length] = high * 16 + low;
      length += 1;
      from += 2;
    } else {
      const end = softBreak(octets, from);
      if (end === -1) {
        out[length] = EQUALS;
        length += 1;
      } else from = end;
    }
    equals = octets.indexOf(EQUALS, from);
  }
  length += octets.copy(out, length, from);
  return out.subarray(0, length);
}

/** Where the next line begins, if nothing but blanks stands before it. */
function softBreak(octets: Buffer, from: number): number {
  let at = from;
  while (at < octets.length && (octets[at] === 0x20 || octets[at] === 0x09)) at += 1;
  if (octets[at] === CR) at += 1;
  if (at >= octets.length) return at;
  return octets[at] === LF ? at + 1 : -1;
}

function hexOf(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const upper = octet & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
}

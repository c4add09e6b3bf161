/** RTF as Outlook compresses it (MS-OXRTFCP). Pure. */
import { ArchiveFault } from './archive.ts';

const HEADER_BYTES = 16;
const COMPRESSED = 0x75465a4c;
const NOT_COMPRESSED = 0x414c454d;
const WINDOW = 4096;
/** Eight references, two octets each behind one of flags, make 17 octets each. */
const MOST_RATIO = 8;
/** What the window holds at first (MS-OXRTFCP §2.1.2.1). */
const START = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor ' +
    'MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par ' +
    '\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
);

/**
 * @param mostBytes what is longer is cut off
 * @throws ArchiveFault when it is no compressed RTF
 */
export function decompressRtf(octets: Buffer, mostBytes: number): Buffer {
  const kind = octets.length < HEADER_BYTES ? 0 : octets.readUInt32LE(8);
  if (kind === NOT_COMPRESSED) return octets.subarray(HEADER_BYTES, HEADER_BYTES + mostBytes);
  if (kind !== COMPRESSED) throw new ArchiveFault('its RTF is damaged');
  return decompressed(octets, mostBytes);
}

/** An octet of flags stands in front of eight items: an octet each, or a place in the window with a length. */
function decompressed(octets: Buffer, mostBytes: number): Buffer {
  const out = new Output(Math.min(mostBytes, octets.length * MOST_RATIO));
  for (let at = HEADER_BYTES; at < octets.length && !out.isFull;) {
    const flags = octets[at]!;
    at += 1;
    for (let bit = 0; bit < 8 && at < octets.length; bit += 1) {
      if (((flags >> bit) & 1) === 0) {
        out.put(octets[at]!);
        at += 1;
        continue;
      }
      const reference = at + 1 < octets.length ? octets.readUInt16BE(at) : 0;
      at += 2;
      if (!out.copy(reference >> 4, (reference & 15) + 2)) return out.octets();
    }
  }
  return out.octets();
}

/** The output. The window of the algorithm is its last 4,096 octets. */
class Output {
  readonly #window = Buffer.alloc(WINDOW, ' ');
  readonly #out: Buffer;
  #length = 0;
  #writeAt = START.copy(this.#window);

  constructor(mostBytes: number) {
    this.#out = Buffer.alloc(mostBytes);
  }

  get isFull(): boolean {
    return this.#length >= this.#out.length;
  }

  put(octet: number): void {
    if (!this.isFull) this.#out[this.#length] = octet;
    this.#length += 1;
    this.#window[this.#writeAt] = octet;
    this.#writeAt = (this.#writeAt + 1) % WINDOW;
  }

  /** @returns false for the place that is written next, which is the end */
  copy(from: number, bytes: number): boolean {
    if (from === this.#writeAt) return false;
    for (let i = 0; i < bytes; i += 1) this.put(this.#window[(from + i) % WINDOW]!);
    return true;
  }

  octets(): Buffer {
    return this.#out.subarray(0, this.#length);
  }
}

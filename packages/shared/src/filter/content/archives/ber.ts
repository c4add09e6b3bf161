/**
 * Values in BER (X.690 §8), of definite and indefinite length, as far as CMS needs them: tags below 31. Pure; bounded in depth
 * and in elements, linear in the octets of each value that is read.
 */
import { ArchiveFault } from './archive.ts';

export interface Element {
  /** Class, form and number as they stand in the first octet. */
  readonly tag: number;
  readonly content: Buffer;
  /** Octets of the whole. */
  readonly length: number;
}

export const tags = { octetString: 0x04, oid: 0x06, sequence: 0x30 } as const;

export const CONSTRUCTED = 0x20;
const LONG_TAG = 0x1f;
const INDEFINITE = 0x80;
const LENGTH_BYTES = 4;
const DEPTH = 32;
const END_BYTES = 2;

export class Ber {
  /** Elements that may be read yet. */
  #left: number;

  constructor(elements = 500_000) {
    this.#left = elements;
  }

  /** The value at the start of these octets. @throws ArchiveFault */
  element(octets: Buffer, depth = 0): Element {
    this.#left -= 1;
    if (this.#left < 0 || depth > DEPTH) throw new ArchiveFault('its ASN.1 has too many elements');
    const tag = octets[0] ?? LONG_TAG;
    const first = octets[1];
    if ((tag & LONG_TAG) === LONG_TAG || first === undefined) throw damaged();
    if (first === INDEFINITE) return this.#indefinite(tag, octets, depth);
    const lengthBytes = first > INDEFINITE ? first - INDEFINITE : 0;
    const from = 2 + lengthBytes;
    if (lengthBytes > LENGTH_BYTES || octets.length < from) throw damaged();
    const length = from + (lengthBytes === 0 ? first : octets.readUIntBE(2, lengthBytes));
    if (length > octets.length) throw damaged();
    return { tag, content: octets.subarray(from, length), length };
  }

  /** The first values within a constructed value, at most `most`. @throws ArchiveFault */
  children({ content }: Pick<Element, 'content'>, most = Infinity): Element[] {
    const all: Element[] = [];
    for (let at = 0; at < content.length && all.length < most;) {
      const child = this.element(content.subarray(at));
      all.push(child);
      at += child.length;
    }
    return all;
  }

  /** The octets of a string, which may be in pieces. @throws ArchiveFault */
  octetString(string: Element): Buffer {
    const pieces: Buffer[] = [];
    this.#collect(string, pieces, 0);
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  #collect({ tag, content }: Element, pieces: Buffer[], depth: number): void {
    if (depth > DEPTH) throw damaged();
    if ((tag & CONSTRUCTED) === 0) pieces.push(content);
    else for (const piece of this.children({ content })) this.#collect(piece, pieces, depth + 1);
  }

  /** Its end is found by reading what is in it. */
  #indefinite(tag: number, octets: Buffer, depth: number): Element {
    if ((tag & CONSTRUCTED) === 0) throw damaged();
    let at = 2;
    while (octets[at] !== 0 || octets[at + 1] !== 0)
      at += this.element(octets.subarray(at), depth + 1).length;
    return { tag, content: octets.subarray(2, at), length: at + END_BYTES };
  }
}

const damaged = (): ArchiveFault => new ArchiveFault('its ASN.1 is damaged');

/** A list of MAPI properties as TNEF encodes it (MS-OXTNEF §2.1.3.4). Pure, linear in its octets. */
import { ArchiveFault } from './archive.ts';

export interface MapiProperty {
  readonly id: number;
  /** Of one value, without the flag of several (MS-OXCDATA §2.11.1). */
  readonly type: number;
  readonly values: readonly Buffer[];
}

export const mapiTypes = { int32: 0x03, object: 0x0d, string8: 0x1e, unicode: 0x1f, binary: 0x102 } as const;

const MULTIPLE = 0x1000;
/** From here on a property has a name, which stands between its tag and its value. */
const NAMED = 0x8000;
const NAME_IS_TEXT = 1;
const GUID_BYTES = 16;
const variable: ReadonlySet<number> = new Set([
  mapiTypes.object,
  mapiTypes.string8,
  mapiTypes.unicode,
  mapiTypes.binary,
]);
/** Octets of types of fixed length, with what fills them up to a multiple of four. */
const fixed: ReadonlyMap<number, number> = new Map([
  [0x01, 4],
  [0x02, 4],
  [0x03, 4],
  [0x04, 4],
  [0x05, 8],
  [0x06, 8],
  [0x07, 8],
  [0x0a, 4],
  [0x0b, 4],
  [0x14, 8],
  [0x40, 8],
  [0x48, GUID_BYTES],
]);

/** @throws ArchiveFault after the properties in front of what is damaged */
export function* mapiProperties(octets: Buffer): Iterable<MapiProperty> {
  const list = new List(octets);
  for (let left = list.long(); left > 0; left -= 1) yield list.property();
}

class List {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  property(): MapiProperty {
    const tag = this.long();
    const id = tag >>> 16;
    const type = tag & 0xffff & ~MULTIPLE;
    if (id >= NAMED) this.#passName();
    const isVariable = variable.has(type);
    const values: Buffer[] = [];
    const count = isVariable || (tag & MULTIPLE) !== 0 ? this.long() : 1;
    for (let left = count; left > 0; left -= 1)
      values.push(isVariable ? this.#padded(this.long()) : this.#take(fixed.get(type)));
    return { id, type, values };
  }

  long(): number {
    return this.#take(4).readUInt32LE();
  }

  #passName(): void {
    this.#take(GUID_BYTES);
    const isText = this.long() === NAME_IS_TEXT;
    const id = this.long();
    if (isText) this.#padded(id);
  }

  #padded(bytes: number): Buffer {
    const value = this.#take(bytes);
    this.#at = Math.min(this.#octets.length, this.#at + (-bytes & 3));
    return value;
  }

  /** @throws ArchiveFault */
  #take(bytes = Infinity): Buffer {
    const from = this.#at;
    if (bytes > this.#octets.length - from) throw new ArchiveFault('a list of MAPI properties is damaged');
    this.#at += bytes;
    return this.#octets.subarray(from, this.#at);
  }
}

const charsets: ReadonlyMap<number, string> = new Map([
  [874, 'windows-874'],
  [932, 'shift_jis'],
  [936, 'gbk'],
  [949, 'euc-kr'],
  [950, 'big5'],
  [20866, 'koi8-r'],
  [21866, 'koi8-u'],
  [54936, 'gb18030'],
  [65001, 'utf-8'],
]);

/** '' for a code page that is not known. */
export function charsetOf(codePage: number): string {
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`;
  if (codePage > 28590 && codePage <= 28606) return `iso-8859-${codePage - 28590}`;
  return charsets.get(codePage) ?? '';
}

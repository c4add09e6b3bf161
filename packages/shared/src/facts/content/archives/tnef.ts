/**
 * What stands in `winmail.dat` (MS-OXTNEF): attachments under each name that a program may show, and the texts of the message,
 * from attributes and from MAPI properties. What can be read is read, whatever is damaged around it. Pure, linear.
 */
import { fileNameOf } from '../../../values/file-names.ts';
import { bounds } from '../bounds.ts';
import { decodeText } from '../charset.ts';
import { ArchiveFault, memberOf, type Member } from './archive.ts';
import { decompressRtf } from './compressed-rtf.ts';
import { mapiProperties, mapiTypes, type MapiProperty } from './mapi-properties.ts';

/** Text that a program shows as that of the message. */
export interface TnefText {
  readonly type: 'text/plain' | 'text/html' | 'text/rtf';
  readonly octets: Buffer;
  /** '' when nothing names it. */
  readonly charset: string;
}

export type TnefItem = { readonly text: TnefText } | { readonly file: Member };

const SIGNATURE = 0x223e9f78;
const HEADER_BYTES = 6;
/** Level, identifier and length; a checksum follows the data. */
const ATTRIBUTE_BYTES = 9;
/** Identifiers of attributes without their type (MS-OXTNEF §2.1.3.1). */
const attributes = {
  title: 0x8010,
  body: 0x800c,
  data: 0x800f,
  rendering: 0x9002,
  messageProperties: 0x9003,
  attachmentProperties: 0x9005,
  codePage: 0x9007,
} as const;
const properties = {
  body: 0x1000,
  compressedRtf: 0x1009,
  html: 0x1013,
  displayName: 0x3001,
  data: 0x3701,
  fileName: 0x3704,
  longFileName: 0x3707,
  mimeType: 0x370e,
  codePage: 0x3fde,
} as const;
const MEMBERS = 500;
/** Names of one attachment that are kept. */
const NAMES = 10;
/** The end of an interface identifier, which stands in front of an object: a message, a storage, a stream. */
const INTERFACE = Buffer.from('00000000c000000000000046', 'hex');
const INTERFACE_BYTES = 16;
const NUL = 0;

/** @throws ArchiveFault after all that can be read, when something cannot */
export function* tnefItems(octets: Buffer): Iterable<TnefItem> {
  if (octets.length < HEADER_BYTES || octets.readUInt32LE() !== SIGNATURE)
    throw new ArchiveFault('it is no TNEF');
  const reading = new Tnef();
  for (const { id, value, isWhole } of attributesOf(octets)) {
    yield* reading.see(id, value);
    if (!isWhole) reading.damaged('it ends within an attribute');
  }
  yield* reading.end();
}

interface Attribute {
  readonly id: number;
  readonly value: Buffer;
  readonly isWhole: boolean;
}

function* attributesOf(octets: Buffer): Iterable<Attribute> {
  let at = HEADER_BYTES;
  while (at + ATTRIBUTE_BYTES <= octets.length) {
    const bytes = octets.readUInt32LE(at + 5);
    const from = at + ATTRIBUTE_BYTES;
    const value = octets.subarray(from, Math.min(octets.length, from + bytes));
    yield { id: octets.readUInt16LE(at + 1), value, isWhole: value.length === bytes };
    at = from + bytes + 2;
  }
}

class Tnef {
  #charset = '';
  #count = 0;
  #attachment = new TnefAttachment();
  #fault: string | undefined;

  *see(id: number, value: Buffer): Iterable<TnefItem> {
    if (id === attributes.rendering) yield* this.#next();
    else if (id === attributes.title) this.#attachment.name(decodeText(untilNul(value), this.#charset).text);
    else if (id === attributes.data) this.#attachment.contents.push(value);
    else if (id === attributes.codePage && value.length >= 4) this.#charset = charsetOf(value.readUInt32LE());
    else if (id === attributes.body) yield* textOf('text/plain', untilNul(value), this.#charset);
    else if (id === attributes.messageProperties) yield* this.#texts(value);
    else if (id === attributes.attachmentProperties)
      for (const property of this.#properties(value)) this.#attachment.see(property, this.#charset);
  }

  *end(): Iterable<TnefItem> {
    yield* this.#next();
    if (this.#fault !== undefined) throw new ArchiveFault(this.#fault);
  }

  damaged(fault: string): void {
    this.#fault ??= fault;
  }

  *#next(): Iterable<TnefItem> {
    for (const file of this.#attachment.members()) {
      this.#count += 1;
      if (this.#count <= MEMBERS) yield { file };
      else this.damaged('it holds more files than are looked at');
    }
    this.#attachment = new TnefAttachment();
  }

  *#texts(list: Buffer): Iterable<TnefItem> {
    const all = [...this.#properties(list)];
    const page = all.find(({ id, type }) => id === properties.codePage && type === mapiTypes.int32);
    const charset = page?.values[0] ? charsetOf(page.values[0].readUInt32LE()) : this.#charset;
    for (const property of all) yield* this.#textsOf(property, charset);
  }

  *#textsOf({ id, type, values }: MapiProperty, charset: string): Iterable<TnefItem> {
    for (const value of values)
      if (id === properties.compressedRtf) yield* this.#rtf(value);
      else if (id === properties.body || id === properties.html) {
        const kind = id === properties.html ? 'text/html' : 'text/plain';
        if (type === mapiTypes.unicode) yield* textOf(kind, Buffer.from(unicodeOf(value)), 'utf-8');
        else yield* textOf(kind, untilNul(value), charset);
      }
  }

  *#rtf(value: Buffer): Iterable<TnefItem> {
    try {
      // One octet more than is read shows that there is more.
      yield* textOf('text/rtf', decompressRtf(value, bounds.textPartBytes + 1), this.#charset);
    } catch (error) {
      this.#note(error);
    }
  }

  *#properties(list: Buffer): Iterable<MapiProperty> {
    try {
      yield* mapiProperties(list);
    } catch (error) {
      this.#note(error);
    }
  }

  /** @throws what is no fault of the archive */
  #note(error: unknown): void {
    if (!(error instanceof ArchiveFault)) throw error;
    this.damaged(error.message);
  }
}

/** What is known of one attachment. Data that is given twice is both. */
class TnefAttachment {
  readonly contents: Buffer[] = [];
  readonly #names = new Set<string>();
  #mimeType = '';

  name(name: string): void {
    if (name !== '' && this.#names.size < NAMES) this.#names.add(name);
  }

  see({ id, type, values: [value] }: MapiProperty, charset: string): void {
    if (!value) return;
    const text = (): string =>
      type === mapiTypes.unicode ? unicodeOf(value) : decodeText(untilNul(value), charset).text;
    if (id === properties.longFileName || id === properties.fileName || id === properties.displayName)
      this.name(text());
    else if (id === properties.mimeType)
      this.#mimeType = text().toLowerCase().slice(0, bounds.typeCharacters);
    else if (id === properties.data) this.contents.push(withoutInterface(value));
  }

  *members(): Iterable<Member> {
    for (const name of namesToShow([...this.#names]))
      for (const content of this.contents) yield { ...memberOf(name, content), declaredType: this.#mimeType };
  }
}

/** The longest name of each ending, for it is the ending by which a file is run; a name without one only if there is no other. */
function namesToShow(names: readonly string[]): readonly string[] {
  const byEnding = new Map<string, string>();
  for (const name of names) {
    const ending = /\.([^.]*)$/.exec(fileNameOf(name))?.[1] ?? '';
    if (name.length > (byEnding.get(ending)?.length ?? 0)) byEnding.set(ending, name);
  }
  if (byEnding.size > 1) byEnding.delete('');
  return byEnding.size === 0 ? [''] : [...byEnding.values()];
}

function* textOf(type: TnefText['type'], octets: Buffer, charset: string): Iterable<TnefItem> {
  if (octets.length > 0) yield { text: { type, octets, charset } };
}

const withoutInterface = (value: Buffer): Buffer =>
  value.subarray(4, INTERFACE_BYTES).equals(INTERFACE) ? value.subarray(INTERFACE_BYTES) : value;

function untilNul(value: Buffer): Buffer {
  const end = value.indexOf(NUL);
  return end === -1 ? value : value.subarray(0, end);
}

function unicodeOf(value: Buffer): string {
  const text = value.toString('utf16le');
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
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

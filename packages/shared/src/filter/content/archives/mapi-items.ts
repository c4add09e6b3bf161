/** Texts and attachments of a message by its MAPI properties, wherever these stand: in TNEF or in a file of Outlook. Pure. */
import { fileNameOf } from '../../../platform/values/file-names.ts';
import { bounds } from '../bounds.ts';
import { decodeText } from '../../mime/charset.ts';
import { memberOf, type Member } from './archive.ts';
import { decompressRtf } from './compressed-rtf.ts';
import { mapiTypes, type MapiProperty } from './mapi-properties.ts';

/** Text that a program shows as that of the message. */
export interface MapiText {
  readonly type: 'text/plain' | 'text/html' | 'text/rtf';
  readonly octets: Buffer;
  /** '' when nothing names it. */
  readonly charset: string;
}

export type MapiItem = { readonly text: MapiText } | { readonly file: Member };

/** Those that are looked at (MS-OXPROPS). */
export const propertyIds = {
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
/** Names of one attachment that are kept. */
const NAMES = 10;
/** The end of an interface identifier, which stands in front of an object: a message, a storage, a stream. */
const INTERFACE = Buffer.from('00000000c000000000000046', 'hex');
const INTERFACE_BYTES = 16;
const NUL = 0;

/** @throws ArchiveFault when its RTF is damaged */
export function* mapiTexts({ id, type, values }: MapiProperty, charset: string): Iterable<MapiItem> {
  for (const value of values)
    if (id === propertyIds.compressedRtf)
      // One octet more than is read shows that there is more.
      yield* textOf('text/rtf', decompressRtf(value, bounds.rtfBytes + 1), charset);
    else if (id === propertyIds.body || id === propertyIds.html) {
      const kind = id === propertyIds.html ? 'text/html' : 'text/plain';
      if (type === mapiTypes.unicode) yield* textOf(kind, Buffer.from(unicodeOf(value)), 'utf-8');
      else yield* textOf(kind, untilNul(value), charset);
    }
}

/** What is known of one attachment. Data that is given twice is both. */
export class MapiAttachment {
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
    if (id === propertyIds.longFileName || id === propertyIds.fileName || id === propertyIds.displayName)
      this.name(text());
    else if (id === propertyIds.mimeType)
      this.#mimeType = text().toLowerCase().slice(0, bounds.typeCharacters);
    else if (id === propertyIds.data) this.contents.push(withoutInterface(value));
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

export function* textOf(type: MapiText['type'], octets: Buffer, charset: string): Iterable<MapiItem> {
  if (octets.length > 0) yield { text: { type, octets, charset } };
}

const withoutInterface = (value: Buffer): Buffer =>
  value.subarray(4, INTERFACE_BYTES).equals(INTERFACE) ? value.subarray(INTERFACE_BYTES) : value;

export function untilNul(value: Buffer): Buffer {
  const end = value.indexOf(NUL);
  return end === -1 ? value : value.subarray(0, end);
}

function unicodeOf(value: Buffer): string {
  const text = value.toString('utf16le');
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

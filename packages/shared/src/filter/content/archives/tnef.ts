/**
 * What stands in `winmail.dat` (MS-OXTNEF): attachments under each name that a program may show, and the texts of the message,
 * from attributes and from MAPI properties. What can be read is read, whatever is damaged around it. Pure, linear.
 */
import { decodeText } from '../../mime/charset.ts';
import { ArchiveFault } from './archive.ts';
import { MapiAttachment, mapiTexts, propertyIds, textOf, untilNul, type MapiItem } from './mapi-items.ts';
import { charsetOf, mapiProperties, mapiTypes, type MapiProperty } from './mapi-properties.ts';

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
const MEMBERS = 500;

/** @throws ArchiveFault after all that can be read, when something cannot */
export function* tnefItems(octets: Buffer): Iterable<MapiItem> {
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
  #attachment = new MapiAttachment();
  #fault: string | undefined;

  *see(id: number, value: Buffer): Iterable<MapiItem> {
    if (id === attributes.rendering) yield* this.#next();
    else if (id === attributes.title) this.#attachment.name(decodeText(untilNul(value), this.#charset).text);
    else if (id === attributes.data) this.#attachment.contents.push(value);
    else if (id === attributes.codePage && value.length >= 4) this.#charset = charsetOf(value.readUInt32LE());
    else if (id === attributes.body) yield* textOf('text/plain', untilNul(value), this.#charset);
    else if (id === attributes.messageProperties) yield* this.#texts(value);
    else if (id === attributes.attachmentProperties)
      for (const property of this.#properties(value)) this.#attachment.see(property, this.#charset);
  }

  *end(): Iterable<MapiItem> {
    yield* this.#next();
    if (this.#fault !== undefined) throw new ArchiveFault(this.#fault);
  }

  damaged(fault: string): void {
    this.#fault ??= fault;
  }

  *#next(): Iterable<MapiItem> {
    for (const file of this.#attachment.members()) {
      this.#count += 1;
      if (this.#count <= MEMBERS) yield { file };
      else this.damaged('it holds more files than are looked at');
    }
    this.#attachment = new MapiAttachment();
  }

  *#texts(list: Buffer): Iterable<MapiItem> {
    const all = [...this.#properties(list)];
    const page = all.find(({ id, type }) => id === propertyIds.codePage && type === mapiTypes.int32);
    const charset = page?.values[0] ? charsetOf(page.values[0].readUInt32LE()) : this.#charset;
    for (const property of all)
      for (const value of property.values) yield* this.#textsOf({ ...property, values: [value] }, charset);
  }

  *#textsOf(property: MapiProperty, charset: string): Iterable<MapiItem> {
    try {
      yield* mapiTexts(property, charset);
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

/**
 * A message as Outlook saves it (`.msg`, MS-OXMSG): a compound file whose streams are MAPI properties. Messages that are
 * attached to it stand in storages within it and are read too. Pure.
 */
import { ArchiveFault, type Unpacking } from './archive.ts';
import { storagesOf, type Storage } from './compound-file.ts';
import { MapiAttachment, mapiTexts, propertyIds, type MapiItem } from './mapi-items.ts';
import { charsetOf, type MapiProperty, mapiTypes } from './mapi-properties.ts';

const PROPERTIES = '__properties_version1.0';
const property = /^__substg1\.0_([0-9a-f]{4})([0-9a-f]{4})$/i;
const isAttachment = ({ name }: Storage): boolean => name.startsWith('__attach_version1.0_');
const isMessage = ({ name }: Storage): boolean => name === '' || /^__substg1\.0_3701000d$/i.test(name);
/** Properties of fixed length stand behind a header of 32 octets, or of 24 in an attached message. */
const FIXED_BYTES = 16;
const wanted: ReadonlySet<number> = new Set(Object.values(propertyIds));

/** Whether a compound file is a message of Outlook. */
export const isOutlookMessage = (octets: Buffer): boolean =>
  octets.includes(Buffer.from(PROPERTIES, 'utf16le'));

/** @throws ArchiveFault after what can be read, when something cannot */
export function* outlookItems(octets: Buffer, unpacking: Unpacking): Iterable<MapiItem> {
  for (const storage of storagesOf(octets)) {
    if (!isAttachment(storage) && !isMessage(storage)) continue;
    const charset = codePageOf(storage);
    const properties = [...propertiesOf(storage, unpacking)];
    if (isMessage(storage)) for (const each of properties) yield* mapiTexts(each, charset);
    else {
      const attachment = new MapiAttachment();
      for (const each of properties) attachment.see(each, charset);
      for (const file of attachment.members()) yield { file };
    }
  }
}

function* propertiesOf({ streams }: Storage, unpacking: Unpacking): Iterable<MapiProperty> {
  for (const { name, content } of streams) {
    const [, id = '', type = ''] = property.exec(name) ?? [];
    if (!wanted.has(parseInt(id, 16))) continue;
    const value = content();
    if (value.length > unpacking.roomBytes) throw new ArchiveFault('it holds more than attachments.unpack');
    unpacking.took(value.length);
    yield { id: parseInt(id, 16), type: parseInt(type, 16), values: [value] };
  }
}

/** Of its texts in octets. */
function codePageOf({ streams }: Storage): string {
  const list = streams.find(({ name }) => name === PROPERTIES)?.content() ?? Buffer.alloc(0);
  for (let at = list.length % FIXED_BYTES; at + FIXED_BYTES <= list.length; at += FIXED_BYTES)
    if (list.readUInt32LE(at) === propertyIds.codePage * 0x10000 + mapiTypes.int32)
      return charsetOf(list.readUInt32LE(at + 8));
  return '';
}

/**
 * Messages, or texts of the message itself, that stand in an attachment: what mail programs show of S/MIME and of TNEF. Text
 * and links are noted as those of the message; attachments are given as members.
 */
import type { Member, Unpacking } from './archives/archive.ts';
import { memberOf } from './archives/archive.ts';
import { cmsContent } from './archives/cms.ts';
import type { MapiItem, MapiText } from './archives/mapi-items.ts';
import { outlookItems } from './archives/outlook-message.ts';
import { tnefItems } from './archives/tnef.ts';
import type { HeaderSection } from './header.ts';
import { looksLike } from './looks-like.ts';
import type { Closed, Notes } from './notes.ts';
import { readAlone, readLeaf, readRtf } from './read-leaf.ts';
import { Parts, readPartHeader } from './read-parts.ts';

/** All of it is the body. */
const noHeader: HeaderSection = { fields: [], end: 0, left: 0, leftBytes: 0, odd: undefined };
const beginsWithField = /^[!-9;-~]{1,100}[ \t]*:/;
const FIELD_CHARACTERS = 200;
const wrapper = /\.(?:p7m|p7s|p7)$/i;

/** @throws ArchiveFault, after what can be read, when something cannot */
export const tnefMembers = (octets: Buffer, notes: Notes): Iterable<Member> =>
  mapiMembers(tnefItems(octets), notes);

/** @throws ArchiveFault, after what can be read, when something cannot */
export const outlookMembers = (octets: Buffer, notes: Notes, unpacking: Unpacking): Iterable<Member> =>
  mapiMembers(outlookItems(octets, unpacking), notes);

function* mapiMembers(items: Iterable<MapiItem>, notes: Notes): Iterable<Member> {
  for (const item of items)
    if ('file' in item) yield item.file;
    else yield* membersOf(notes.partsWithin(() => readText(item.text, notes)));
}

/**
 * The signed content is a MIME entity (RFC 8551 §3.1). Programs that are not for mail sign any file, as `contract.pdf.p7m`.
 * @throws ArchiveFault when it cannot be read
 */
export function* cmsMembers(
  octets: Buffer,
  name: string,
  notes: Notes,
  unpacking: Unpacking,
): Iterable<Member> {
  const content = cmsContent(octets, unpacking);
  if (!content) return;
  const file = name.slice(name.lastIndexOf('/') + 1).replace(wrapper, '');
  const isEntity = beginsWithField.test(content.toString('latin1', 0, FIELD_CHARACTERS));
  if (!isEntity || file.includes('.')) yield memberOf(file, content);
  if (isEntity || looksLike(content) === '')
    yield* membersOf(notes.partsWithin(() => readEntity(content, isEntity, notes)));
}

/** A file of an archive that holds a message. */
export const messageMembers = (octets: Buffer, notes: Notes): Iterable<Member> =>
  membersOf(notes.partsWithin(() => notes.withoutFaults(() => readEntity(octets, true, notes))));

/** @param hasHeader it begins with a field; otherwise programs differ in where its text begins */
function readEntity(octets: Buffer, hasHeader: boolean, notes: Notes): void {
  const header = readPartHeader(octets, 0, octets.length, notes);
  const parts = new Parts(octets, notes, (leaf) => readLeaf(leaf, notes));
  const place = { depth: 0, usual: '' };
  if (!hasHeader) parts.read(noHeader, place);
  if (header.fields.length > 0) parts.read(header, place);
}

function readText({ type, octets, charset }: MapiText, notes: Notes): void {
  if (type === 'text/rtf') readRtf(octets, true, notes);
  else readAlone(type, octets, charset, true, notes);
}

function* membersOf(parts: readonly Closed[]): Iterable<Member> {
  for (const { facts, octets } of parts)
    yield { ...memberOf(facts.name, octets), declaredType: facts.declaredType };
}

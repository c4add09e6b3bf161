/** Attachments within `winmail.dat` (MS-OXTNEF): names and content, as far as its attributes can be followed. Pure. */
import { ArchiveFault, HEAD_BYTES, type Member } from './archive.ts';

const HEADER_BYTES = 6;
/** Level, identifier and length; a checksum follows the data. */
const ATTRIBUTE_BYTES = 9;
const TITLE = 0x00018010;
const DATA = 0x0006800f;
const RENDERING = 0x00069002;
const MEMBERS = 500;

export function* tnefMembers(octets: Buffer): Iterable<Member> {
  let title = '';
  let data: Buffer | undefined;
  let count = 0;
  let at = HEADER_BYTES;
  while (at + ATTRIBUTE_BYTES <= octets.length && count < MEMBERS) {
    const id = octets.readUInt32LE(at + 1);
    const bytes = octets.readUInt32LE(at + 5);
    const from = at + ATTRIBUTE_BYTES;
    const value = octets.subarray(from, Math.min(octets.length, from + bytes));
    if (id === RENDERING) {
      if (data) yield memberOf(title, data);
      count += 1;
      title = '';
      data = undefined;
    } else if (id === TITLE) title = value.toString('latin1').split('\0', 1)[0]!;
    else if (id === DATA) data = value;
    at = from + bytes + 2;
  }
  if (data) yield memberOf(title, data);
  if (count >= MEMBERS) throw new ArchiveFault('it holds more files than are looked at');
}

const memberOf = (name: string, content: Buffer): Member => ({
  name,
  sizeBytes: content.length,
  head: content.subarray(0, HEAD_BYTES),
  content: () => content,
});

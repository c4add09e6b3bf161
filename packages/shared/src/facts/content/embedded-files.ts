/** Files that stand in a text by themselves, which some mail programs show as attachments. Pure. */
import type { AttachmentFacts } from '../../values/content.ts';
import { looksLike } from './looks-like.ts';
import type { Notes } from './notes.ts';
import { uuFilesIn, type EmbeddedFile } from './uuencoded.ts';
import { yencFilesIn } from './yenc.ts';

export const BINHEX_UNOPENED = 'BinHex is not opened here';
const YENC = '=ybegin ';
const BINHEX = '(This file must be converted with BinHex';

/** @param text of a part, decoded from its octets */
export function noteFilesIn(text: string, octets: Buffer, notes: Notes): void {
  const note = ({ name, octets }: EmbeddedFile, more: Partial<AttachmentFacts> = {}): void =>
    notes.part(
      { name, declaredType: '', looksLike: looksLike(octets), sizeBytes: octets.length, depth: 0, ...more },
      octets,
    );
  for (const file of uuFilesIn(text)) note(file);
  if (text.includes(YENC)) for (const file of yencFilesIn(octets)) note(file);
  if (text.includes(BINHEX)) note({ name: '', octets }, { unopened: BINHEX_UNOPENED });
}

/** Files that stand in a text by themselves, which some mail programs show as attachments. Pure. */
import type { AttachmentFacts } from '../../platform/values/content.ts';
import { filesInCard } from './cards.ts';
import { looksLike } from './looks-like.ts';
import type { Notes } from './notes.ts';
import { uuFilesIn, type EmbeddedFile } from './uuencoded.ts';
import { yencFilesIn } from './yenc.ts';

export const BINHEX_UNOPENED = 'BinHex is not opened here';
const YENC = '=ybegin ';
const BINHEX = '(This file must be converted with BinHex';

/** @param text of a part, decoded from its octets */
export function noteFilesIn(text: string, octets: Buffer, notes: Notes): void {
  for (const file of uuFilesIn(text)) note(file, notes);
  if (text.includes(YENC)) for (const file of yencFilesIn(octets)) note(file, notes);
  if (text.includes(BINHEX)) note({ name: '', octets }, notes, { unopened: BINHEX_UNOPENED });
}

/** Whether octets that are no text may hold such files. */
export const mayHoldFiles = (octets: Buffer): boolean =>
  octets.includes(YENC) ||
  octets.includes('begin ') ||
  octets.includes('BEGIN ') ||
  octets.includes('begin-base64 ');

/** @param text of a calendar or card, unfolded */
export function noteFilesInCard(text: string, notes: Notes): void {
  for (const { declaredType, ...file } of filesInCard(text)) note(file, notes, { declaredType });
}

function note({ name, octets }: EmbeddedFile, notes: Notes, more: Partial<AttachmentFacts> = {}): void {
  notes.part(
    { name, declaredType: '', looksLike: looksLike(octets), sizeBytes: octets.length, depth: 0, ...more },
    octets,
  );
}

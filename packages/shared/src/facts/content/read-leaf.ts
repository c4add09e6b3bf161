/** One part that holds no others: text to be read in place, or an attachment. Pure. */
import type { AttachmentFacts } from '../../values/content.ts';
import { bounds } from './bounds.ts';
import { decodeText } from './charset.ts';
import { seeHtml } from './html.ts';
import { looksLike } from './looks-like.ts';
import type { Notes } from './notes.ts';
import type { Leaf } from './read-parts.ts';
import { uuFilesIn } from './uuencoded.ts';
import { urlsIn, withCarried } from './urls.ts';

/** Hidden letters that are worth a word; short ones are previews that newsletters have. */
const HIDDEN = 300;

export function readLeaf(leaf: Leaf, notes: Notes): void {
  const { type, disposition, octets } = leaf;
  const name = nameOf(leaf, notes);
  const isText = type.value === '' || type.value === 'text' || type.value.startsWith('text/');
  const isAttached = disposition.value === 'attachment' || name !== '';
  const looks = isText && !isAttached ? '' : looksLike(octets);
  if (type.value === 'message/partial') notes.fault('partial-message', 'message/partial (RFC 2046 §5.2.2)');
  if (type.value === 'message/external-body') notes.fault('external-body', 'message/external-body');
  const attach = (octets: Buffer, of: Pick<AttachmentFacts, 'name' | 'declaredType' | 'looksLike'>): void =>
    notes.part({ ...of, sizeBytes: octets.length, depth: 0 }, octets);
  if (!isText || isAttached)
    attach(octets, { name, declaredType: type.value.slice(0, bounds.typeCharacters), looksLike: looks });
  if (isText && disposition.value !== 'attachment') {
    const text = readText(leaf, notes, true);
    for (const file of uuFilesIn(text))
      attach(file.octets, { name: file.name, declaredType: '', looksLike: looksLike(file.octets) });
  } else if (type.value === 'text/html' || looks === 'html' || looks === 'svg') readText(leaf, notes, false);
}

function nameOf({ type, disposition }: Leaf, notes: Notes): string {
  const shown = disposition.parameters.get('filename');
  const other = type.parameters.get('name');
  if (shown !== undefined && other !== undefined && extensionOf(shown) !== extensionOf(other))
    notes.fault('two-names', `${shown} | ${other}`);
  if (disposition.twice.includes('filename')) notes.fault('two-names', `${shown ?? ''}, and another`);
  return (shown ?? other ?? '').slice(0, bounds.nameCharacters);
}

const extensionOf = (name: string): string =>
  name
    .slice(name.lastIndexOf('.') + 1)
    .trim()
    .toLowerCase();

/** The text. @param inPlace it is shown with the message; of others only the URLs are wanted */
function readText({ type, octets }: Leaf, notes: Notes, inPlace: boolean): string {
  const taken = octets.subarray(0, bounds.textPartBytes);
  if (taken.length < octets.length) notes.unread(`text parts beyond ${bounds.textPartBytes / 1024} KB`);
  const { text, unknown } = decodeText(taken, type.parameters.get('charset') ?? '');
  if (unknown) notes.fault('unknown-charset', type.parameters.get('charset') ?? '');
  if (text.includes('\0')) notes.fault('nul', `in ${type.value || 'text/plain'}`);
  const found = (url: string): void => notes.url(url);
  const isHtml = type.value === 'text/html' || (!inPlace && type.value !== 'text/plain');
  if (!isHtml) {
    urlsIn(text, found);
    if (inPlace) notes.text(text);
    return text;
  }
  const seen = seeHtml(text);
  for (const url of seen.urls) withCarried(url, found);
  urlsIn(seen.text, found);
  if (!inPlace) return seen.text;
  if (seen.hidden > HIDDEN && seen.hidden > seen.text.length)
    notes.fault('hidden-text', `${seen.hidden} characters that nobody sees`);
  notes.text(seen.text);
  return seen.text;
}

/** One part that holds no others: text to be read in place, or an attachment. Pure. */
import { charsetOf } from './archives/mapi-properties.ts';
import { bounds } from './bounds.ts';
import { isCard, unfolded } from './cards.ts';
import { decodeText, decodeWide, isForeign } from '../mime/charset.ts';
import { BINHEX_UNOPENED, mayHoldFiles, noteFilesIn, noteFilesInCard } from './embedded-files.ts';
import { brokenLinks, joinedLines } from './flowed.ts';
import { seeHtml } from './html.ts';
import { looksLike } from './looks-like.ts';
import type { Notes } from './notes.ts';
import { linksInPdf } from './pdf-links.ts';
import { parseStructured } from './parameters.ts';
import type { Leaf } from './read-parts.ts';
import { seeRtf } from './rtf.ts';
import { urlsIn, withCarried } from './urls.ts';

/** Hidden letters that are worth a word; short ones are previews that newsletters have. */
const HIDDEN = 300;
/** Top-level types that programs show as files; others they show as text. */
const fileTypes = /^(?:application|image|audio|video|font|model|chemical)\//;
const isHtmlType = (type: string): boolean => /html|svg|xml/.test(type);
/** Of these all programs agree that they are no HTML. */
const isPlainType = (type: string): boolean =>
  /^(?:|text\/(?:plain|calendar|css|csv|rtf|(?:x-)?vcard))$/.test(type);
export const isHtmlFile = (name: string): boolean =>
  /\.(?:[sx]?html?|xht|svg|xml|mht|mhtml)[\s.]{0,20}$/i.test(name);
const isTextName = (name: string): boolean => /\.(?:txt|text|log|csv|md|url|eml|asc)[\s.]{0,20}$/i.test(name);
const HEAD = 1_024;
const PIECE_BYTES = bounds.textPieceBytes;
/** Each piece begins with the end of the one before, so that no URL is cut. */
const OVERLAP_BYTES = 4 * 1024;

export function readLeaf(leaf: Leaf, notes: Notes): void {
  const { type, names, octets, isAttachment, isInline, isRead } = leaf;
  const isText = type.value === '' || type.value === 'text' || type.value.startsWith('text/');
  const isFile = !isText || isAttachment || names.length > 0;
  const looks = isFile ? looksLike(octets) : '';
  if (type.value.startsWith('message/')) noteElsewhere(leaf, notes);
  if (isFile) attach(leaf, looks, notes);
  if (looks === 'pdf') for (const url of linksInPdf(octets)) withCarried(url, (each) => notes.url(each));
  if (looks === 'rtf') readRtf(octets, false, notes);
  if (isRead) return;
  const isShown = isInline && (isText || showsAsText(type.value, octets));
  const isHtml = isHtmlType(type.value);
  const text = isShown ? readShown(leaf, isHtml, notes) : undefined;
  if (isCard(type.value, octets)) noteFilesInCard(text ?? readText(leaf, false, false, notes), notes);
  const isTextFile = isFile && !isShown && looks === '';
  if (isTextFile && (isText || names.some(isTextName))) readText(leaf, false, false, notes);
  if ((isTextFile || isHtml) && mayHoldFiles(octets))
    noteFilesIn(octets.toString('latin1', 0, bounds.filesBytes), octets, notes);
  const mayBeHtml = isShown && !isHtml && !isPlainType(type.value);
  const opensAsHtml =
    mayBeHtml || (isFile && (looks === 'html' || looks === 'svg' || names.some(isHtmlFile)));
  if (opensAsHtml ? !(isShown && isHtml) : isHtml && !isShown) readText(leaf, true, false, notes);
}

const showsAsText = (type: string, octets: Buffer): boolean =>
  !fileTypes.test(type) && !octets.subarray(0, HEAD).includes(0);

/** What the rest of it is stands in other messages, or is fetched. */
function noteElsewhere({ type }: Leaf, notes: Notes): void {
  if (type.value === 'message/partial') {
    notes.fault('partial-message', 'message/partial (RFC 2046 §5.2.2)');
    notes.unreadParts('parts of message/partial in other messages');
  }
  if (type.value !== 'message/external-body') return;
  notes.fault('external-body', 'message/external-body');
  urlsIn(type.parameters.get('url') ?? '', (url) => notes.url(url));
}

function attach({ type, names, octets }: Leaf, looks: string, notes: Notes): void {
  const [name = '', ...others] = names;
  const otherNames = notes.otherNames(others);
  notes.part(
    {
      name,
      ...(otherNames.length > 0 && { otherNames }),
      declaredType: type.value.slice(0, bounds.typeCharacters),
      looksLike: looks,
      sizeBytes: octets.length,
      depth: 0,
      ...(type.value === 'application/mac-binhex40' && { unopened: BINHEX_UNOPENED }),
    },
    octets,
  );
}

function readShown(leaf: Leaf, isHtml: boolean, notes: Notes): string {
  const text = readText(leaf, isHtml, true, notes);
  const { octets } = leaf;
  if (octets.length <= bounds.textPieceBytes) noteFilesIn(text, octets, notes);
  else if (mayHoldFiles(octets)) noteFilesIn(octets.toString('latin1', 0, bounds.filesBytes), octets, notes);
  return text;
}

/** @param inPlace as in {@link readText} */
export function readRtf(octets: Buffer, inPlace: boolean, notes: Notes): void {
  if (octets.length > bounds.rtfBytes) {
    const what = `RTF beyond ${bounds.rtfBytes / 1024 / 1024} MB`;
    if (inPlace) notes.unreadParts(what);
    else notes.unread(what);
  }
  const { type, text } = seeRtf(octets.subarray(0, bounds.rtfBytes), charsetOf);
  readAlone(type, Buffer.from(text), 'utf-8', inPlace, notes);
}

/** Text without a part of its own. @param inPlace as in {@link readText} */
export function readAlone(
  type: string,
  octets: Buffer,
  charset: string,
  inPlace: boolean,
  notes: Notes,
): void {
  const structured = parseStructured(`${type}; charset=${charset}`);
  const leaf = { type: structured, octets, names: [], isAttachment: false, isInline: inPlace };
  if (inPlace) readLeaf(leaf, notes);
  else readText(leaf, isHtmlType(type), false, notes);
}

/**
 * Reads the text in each way that programs decode it. A long text is read in pieces, and of all but the first only the URLs
 * are noted.
 * @param inPlace it is shown with the message; of others only the URLs are wanted
 * @returns the usual reading
 */
function readText(leaf: Leaf, isHtml: boolean, inPlace: boolean, notes: Notes): string {
  const { octets } = leaf;
  const first = readPiece({ ...leaf, octets: octets.subarray(0, PIECE_BYTES) }, isHtml, inPlace, notes);
  for (let at = PIECE_BYTES; at < octets.length; at += PIECE_BYTES) {
    const piece = octets.subarray(at - OVERLAP_BYTES, at + PIECE_BYTES);
    readPiece({ ...leaf, octets: piece }, isHtml, false, notes);
  }
  return first;
}

function readPiece(leaf: Leaf, isHtml: boolean, inPlace: boolean, notes: Notes): string {
  const { type, octets } = leaf;
  const charset = type.parameters.get('charset') ?? '';
  const { text: decoded, unknown, other } = decodeText(octets, charset);
  const text = isCard(type.value, octets) ? unfolded(decoded) : decoded;
  if (unknown) notes.fault('unknown-charset', charset);
  if (isForeign(charset)) notes.unreadParts(`text in ${charset.slice(0, 40)}`);
  if (type.twice.includes('charset')) notes.unreadParts('text with two charsets');
  const readings = [text];
  if (other !== undefined) readings.push(other);
  if (text.includes('\0')) {
    notes.fault('nul', `in ${type.value || 'text/plain'}`);
    const wide = decodeWide(octets);
    if (wide !== undefined) readings.push(wide);
    readings.push(text.replaceAll('\0', ''));
  }
  const joined = isHtml ? undefined : joinedLines(type, text);
  if (joined !== undefined) readings.push(joined);
  const read = isHtml ? readHtml : readPlain;
  for (const other of readings.slice(1)) read(other, inPlace, notes);
  return read(text, inPlace, notes);
}

function readPlain(text: string, inPlace: boolean, notes: Notes): string {
  urlsIn(text, (url) => notes.url(url));
  for (const link of brokenLinks(text)) withCarried(link, (url) => notes.url(url));
  if (inPlace) notes.text(text);
  return text;
}

function readHtml(text: string, inPlace: boolean, notes: Notes): string {
  const found = (url: string): void => notes.url(url);
  const seen = seeHtml(text);
  for (const url of seen.urls) withCarried(url, found);
  urlsIn(seen.text, found);
  urlsIn(seen.aside, found);
  if (seen.ambiguity !== undefined) notes.fault('ambiguous-html', seen.ambiguity);
  if (!inPlace) return seen.text;
  if (seen.hidden > HIDDEN && seen.hidden > seen.text.length)
    notes.fault('hidden-text', `${seen.hidden} characters that nobody sees`);
  notes.text(seen.text);
  return seen.text;
}

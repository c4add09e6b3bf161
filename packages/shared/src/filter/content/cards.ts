/** Calendars (RFC 5545) and cards (RFC 6350): lines put together, and the files that stand in them. Pure. */

export interface CardFile {
  readonly name: string;
  /** '' when it declares none. */
  readonly declaredType: string;
  readonly octets: Buffer;
}

const declared = /^text\/(?:calendar|(?:x-)?vcard)$/;
const begins = /^\s*begin:v(?:calendar|card)\b/i;
const HEAD_BYTES = 64;
/** A property whose value is base64 (RFC 5545 §3.8.1.1). */
const attachment = /^attach;/i;
const base64 = /;encoding=(?:base64|b)(?:;|$)/i;
const fileName = /;(?:x-(?:apple-|ms-)?)?filename=("?)([^";]{1,255})\1/i;
const mediaType = /;fmttype=("?)([^";]{1,127})\1/i;
const FILES = 20;

/** @param type as declared, lower-case */
export const isCard = (type: string, octets: Buffer): boolean =>
  declared.test(type) || begins.test(octets.toString('utf8', 0, HEAD_BYTES));

/** Lines that begin with a blank continue the one before (RFC 5545 §3.1, RFC 6350 §3.2). */
export const unfolded = (text: string): string => text.replace(/\r?\n[ \t]/g, '');

/** @param text unfolded; the first 20 files are given */
export function* filesInCard(text: string): Iterable<CardFile> {
  let left = FILES;
  for (const line of text.split('\n')) {
    if (left === 0 || !attachment.test(line)) continue;
    const colon = valueAt(line);
    const parameters = line.slice(0, colon);
    if (colon === -1 || !base64.test(parameters)) continue;
    left -= 1;
    yield {
      name: fileName.exec(parameters)?.[2] ?? '',
      declaredType: (mediaType.exec(parameters)?.[2] ?? '').toLowerCase(),
      octets: Buffer.from(line.slice(colon + 1), 'base64'),
    };
  }
}

/** The place of the colon in front of the value; -1 without one. A parameter in quotes may contain colons. */
function valueAt(line: string): number {
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') isQuoted = !isQuoted;
    else if (line[at] === ':' && !isQuoted) return at;
  }
  return -1;
}

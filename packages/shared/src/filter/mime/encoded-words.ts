/** Encoded words of RFC 2047, as leniently as mail programs read them: within quotes and words too. Pure. */
import { decodeText } from './charset.ts';
import { decodeBase64, decodeQuotedPrintable } from './transfer-encoding.ts';

const word = /=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bq])\?([^?]*)\?=/gi;

export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value;
  let out = '';
  let at = 0;
  let octets: Buffer[] = [];
  let charset = '';
  const flush = (): void => {
    if (octets.length > 0) out += decodeText(Buffer.concat(octets), charset).text;
    octets = [];
  };
  for (const found of value.matchAll(word)) {
    const between = value.slice(at, found.index);
    const [all, label = '', encoding = '', encoded = ''] = found;
    // Blanks between two words are not shown, and a character may be split over them.
    const joins = octets.length > 0 && between.trim() === '';
    if (!joins || label.toLowerCase() !== charset) flush();
    if (!joins) out += between;
    charset = label.toLowerCase();
    octets.push(octetsOf(encoding, encoded));
    at = found.index + all.length;
  }
  flush();
  return out + value.slice(at);
}

function octetsOf(encoding: string, encoded: string): Buffer {
  if (encoding === 'b' || encoding === 'B') return decodeBase64(Buffer.from(encoded, 'latin1')).octets;
  return decodeQuotedPrintable(Buffer.from(encoded.replaceAll('_', ' '), 'latin1'));
}

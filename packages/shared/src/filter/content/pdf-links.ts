/** The targets of links in a PDF that stand in it uncompressed (ISO 32000-1 §12.6.4.7). Pure, linear. */

const KEY = Buffer.from('/URI');
/** Octets behind the key that are looked at. */
const WINDOW = 2_100;
const LINKS = 50;
const literal = /^\/URI\s*\(((?:[^\\()]|\\[^])*)\)/;
const hexadecimal = /^\/URI\s*<([0-9a-f\s]*)>/i;

/** Each target once, the first 50. */
export function linksInPdf(octets: Buffer): ReadonlySet<string> {
  const links = new Set<string>();
  for (
    let at = octets.indexOf(KEY);
    at !== -1 && links.size < LINKS;
    at = octets.indexOf(KEY, at + KEY.length)
  ) {
    const next = octets.indexOf(KEY, at + KEY.length);
    const end = Math.min(at + WINDOW, next === -1 ? octets.length : next);
    const link = linkOf(octets.toString('latin1', at, end));
    if (link !== '') links.add(link);
  }
  return links;
}

function linkOf(text: string): string {
  const hex = hexadecimal.exec(text)?.[1];
  if (hex !== undefined) return Buffer.from(hex.replace(/\s/g, ''), 'hex').toString('latin1');
  return (literal.exec(text)?.[1] ?? '').replace(/\\([0-7]{1,3}|\r?\n|[^])/g, unescaped);
}

/** Octal digits stand for an octet, a line end for nothing (ISO 32000-1 §7.3.4.2). */
function unescaped(_: string, behind: string): string {
  if (/^[0-7]/.test(behind)) return String.fromCharCode(parseInt(behind, 8) & 0xff);
  return /^[\r\n]/.test(behind) ? '' : behind;
}

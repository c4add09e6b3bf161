/** The addresses in From, of all From fields there are: a reader may show any. Bounded work, whatever the octets are. */
import { authorsOf, MOST_AUTHORS } from '../../platform/values/authors.ts';

/** No header section of a mail program is longer; what comes after is not looked at. */
export const HEADER_BYTES = 64 * 1024;

/** @param start the first octets of a message */
export function authorsIn(start: Buffer): string[] {
  const head = headerOf(start.subarray(0, HEADER_BYTES));
  if (head === undefined) return [''];
  const found: string[] = [];
  for (const [, value = ''] of head.matchAll(FROM)) {
    found.push(...authorsOf(value));
    if (found.length > MOST_AUTHORS) return [...found.slice(0, MOST_AUTHORS), ''];
  }
  return found;
}

/** A field whose name is From, white space before the colon allowed as it was once (RFC 5322 §4.5), and the lines it goes on. */
const FROM = /^From(?:[ \t]|\r?\n[ \t])*:((?:[^\r\n]|\r?\n[ \t])*)/gim;

/** Undefined when it does not end within what there is. */
function headerOf(start: Buffer): string | undefined {
  const end = start.indexOf('\r\n\r\n');
  if (end >= 0) return start.toString('utf8', 0, end);
  if (start.length < HEADER_BYTES) return start.toString('utf8');
  return undefined;
}

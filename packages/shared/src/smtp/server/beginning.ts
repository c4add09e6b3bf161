/**
 * How a message begins and how long its header section is, found out as it arrives. Fields that a gateway prepends must stand
 * before a header section: a first line that begins with white space would continue the last of them (RFC 5322 §2.2.3), and
 * one that is no field would be read as part of the section. Pure.
 */

/**
 * `field`: a header field. `none`: an empty line or an empty message. `continuation`: white space. `mbox`: the separator of
 * an mbox file, `From ` or `>From `. `text`: anything else.
 */
export type Beginning = 'field' | 'none' | 'continuation' | 'mbox' | 'text';

/** What a longer header section is refused for: Exchange has the same limit, and every reader of ours reads so much. */
export const MOST_HEADER_BYTES = 256 * 1024;

const [TAB, CR, SPACE, COLON] = [9, 13, 32, 58];
/** A line may not be longer (RFC 5322 §2.1.1), so neither may the name of a field with the white space behind it. */
const LONGEST_NAME = 998;
const END = Buffer.from('\r\n\r\n');
const NONE = Buffer.alloc(0);
const MBOX = /^>*From$/;

/** @returns undefined while more octets are needed to tell */
export function beginningOf(octets: Buffer): Beginning | undefined {
  const first = octets[0];
  if (first === undefined) return undefined;
  if (first === SPACE || first === TAB) return 'continuation';
  if (first === CR) return 'none';
  let at = 0;
  const end = Math.min(octets.length, LONGEST_NAME);
  while (at < end && isOfName(octets[at]!)) at += 1;
  const nameEnd = at;
  while (at < end && (octets[at] === SPACE || octets[at] === TAB)) at += 1;
  if (at === octets.length && at < LONGEST_NAME) return undefined;
  if (octets[at] === COLON && nameEnd > 0 && at < LONGEST_NAME) return 'field';
  return octets[nameEnd] === SPACE && MBOX.test(octets.toString('latin1', 0, nameEnd)) ? 'mbox' : 'text';
}

/** RFC 5322 §3.6.8. */
const isOfName = (octet: number): boolean => octet > SPACE && octet < 127 && octet !== COLON;

/** Measures a header section that comes in pieces cut anywhere. */
export class HeaderMeasure {
  /** The empty line was seen. */
  ended = false;
  sizeBytes = 0;
  /** The last octets of the pieces before: the end may be cut. */
  #tail: Buffer = NONE;

  add(piece: Buffer): void {
    const tail = this.#tail;
    const joined = tail.length > 0 ? Buffer.concat([tail, piece]) : piece;
    const at = joined.indexOf(END);
    this.ended = at >= 0;
    this.sizeBytes += this.ended ? at + END.length - tail.length : piece.length;
    this.#tail = this.ended ? NONE : Buffer.from(joined.subarray(-(END.length - 1)));
  }
}

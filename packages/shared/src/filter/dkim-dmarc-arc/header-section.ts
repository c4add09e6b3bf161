/**
 * The header section of a body, bounded: what mailauth reads of strangers' mail is no more than this. Of a section that is
 * longer, or has more fields, the first part is taken, and it is said that it is not all. Fields From are found in all of it.
 *
 * A reader of its own: signatures of strangers are verified over every octet, so lines that are no fields are kept too, where
 * signing leaves them out and the reader of content takes them for a fault.
 */
import { readStart, startOf } from '../../platform/files/read-start.ts';
import { bodyStart } from '../../platform/values/header-start.ts';
import type { Body } from '../../platform/values/body.ts';

export interface HeaderSection {
  readonly fields: readonly Field[];
  /** The fields From, wherever they stand, at most `MOST_FROM_FIELDS`. */
  readonly from: readonly Field[];
  /** Whether the message has signatures, looked at or not. */
  readonly isSigned: boolean;
  /** Longer than what listeners take: there may be other fields behind. */
  readonly isCut: boolean;
  /** Where the content begins in the body; that is nowhere when the section was cut. */
  readonly contentAt: number | undefined;
}

export interface Field {
  /** Lower case. */
  readonly name: string;
  /** The field as it stands, folded, without its last CRLF; octets as Latin-1. */
  readonly raw: string;
}

/** What listeners take. */
const SECTION_BYTES = 256 * 1024;
const FIELDS = 500;
export const MOST_FROM_FIELDS = 10;

export async function headerSectionOf(body: Body): Promise<HeaderSection> {
  const [first] = body.chunks ?? [];
  let start = first ?? (await readStart(body, SECTION_BYTES));
  if (first && bodyStart(first) === undefined) start = startOf(body.chunks!, SECTION_BYTES);
  const end = bodyStart(start.subarray(0, SECTION_BYTES));
  const whole = end ?? (start.length < SECTION_BYTES ? start.length : undefined);
  const text = start.toString('latin1', 0, whole ?? SECTION_BYTES);
  const all = fieldsOf(text);
  const from = all.filter(({ name, raw }) => name === 'from' && raw.includes(':')).slice(0, MOST_FROM_FIELDS);
  const isSigned = all.some(({ name }) => name === 'dkim-signature');
  const about = { from, isSigned, isCut: whole === undefined };
  return all.length <= FIELDS
    ? { ...about, fields: all, contentAt: whole }
    : { ...about, fields: all.slice(0, FIELDS), contentAt: undefined };
}

function fieldsOf(section: string): Field[] {
  return section
    .split(/\r\n(?![ \t])/)
    .filter((raw) => raw !== '')
    .map((raw) => {
      const colon = raw.indexOf(':');
      return { name: (colon < 0 ? raw : raw.slice(0, colon)).trim().toLowerCase(), raw };
    });
}

/** The value of a field, unfolded. */
export const valueOf = ({ raw }: Field): string =>
  raw
    .slice(raw.indexOf(':') + 1)
    .replace(/\r\n/g, '')
    .trim();

/**
 * The header section of a body, bounded: what mailauth reads of strangers' mail is no more than this. Of a section that is
 * longer, or has more fields, the first part is taken, with From wherever it stands in it, and it is said that it is not all.
 */
import { readStart, startOf } from '../../system/read-start.ts';
import type { Body } from '../../values/body.ts';

export interface HeaderSection {
  readonly fields: readonly Field[];
  /** Where the content begins in the body; that is nowhere when the section was cut. */
  readonly contentAt: number | undefined;
}

export interface Field {
  /** Lower case. */
  readonly name: string;
  /** The field as it stands, folded, without its last CRLF; octets as Latin-1. */
  readonly raw: string;
}

const SECTION_BYTES = 128 * 1024;
const FIELDS = 500;
const FROM_FIELDS = 3;

export async function headerSectionOf(body: Body): Promise<HeaderSection> {
  const [first] = body.chunks ?? [];
  let start = first ?? (await readStart(body, SECTION_BYTES));
  if (first && endOf(first) === undefined) start = startOf(body.chunks!, SECTION_BYTES);
  const end = endOf(start.subarray(0, SECTION_BYTES));
  const whole = end ?? (start.length < SECTION_BYTES ? start.length : undefined);
  const text = start.toString('latin1', 0, whole ?? SECTION_BYTES);
  const fields = fieldsOf(text);
  if (fields.length <= FIELDS && whole !== undefined) return { fields, contentAt: whole };
  const others = fields.slice(FIELDS).filter(({ name }) => name === 'from');
  return { fields: [...fields.slice(0, FIELDS), ...others.slice(0, FROM_FIELDS)], contentAt: undefined };
}

/** Behind the empty line. */
function endOf(octets: Buffer): number | undefined {
  if (octets[0] === 13 && octets[1] === 10) return 2;
  const at = octets.indexOf('\r\n\r\n');
  return at < 0 ? undefined : at + 4;
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

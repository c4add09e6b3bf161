/**
 * The header section of a body, bounded: what mailauth reads of strangers' mail is no more than this. Of a section that is
 * longer, or has more fields, the first part is taken and it is said that it is not all.
 */
import { readStart } from '../../system/read-start.ts';
import type { Body } from '../../values/body.ts';

export interface HeaderSection {
  /** With the empty line that ends it. */
  readonly octets: Buffer;
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
const FIELDS = 1_000;
/** Lines of all fields: what mailauth does with folded ones grows with the square of their number. */
const LINES = 2_000;

export async function headerSectionOf(body: Body): Promise<HeaderSection> {
  const [first] = body.chunks ?? [];
  let start = first ?? (await readStart(body, SECTION_BYTES));
  if (first && endOf(first) === undefined) start = Buffer.concat(body.chunks!).subarray(0, SECTION_BYTES);
  const end = endOf(start.subarray(0, SECTION_BYTES));
  const whole = end ?? (start.length < SECTION_BYTES ? start.length : undefined);
  const text = start.toString('latin1', 0, whole ?? SECTION_BYTES);
  const fields = fieldsOf(text);
  const kept = withinBounds(fields);
  if (kept.length === fields.length && whole !== undefined)
    return { octets: start.subarray(0, whole), fields, contentAt: whole };
  const octets = Buffer.from(`${kept.map(({ raw }) => raw).join('\r\n')}\r\n\r\n`, 'latin1');
  return { octets, fields: kept, contentAt: undefined };
}

function withinBounds(fields: readonly Field[]): readonly Field[] {
  let lines = 0;
  const end = fields.findIndex(({ raw }, i) => i >= FIELDS || (lines += raw.split('\r\n').length) > LINES);
  return end < 0 ? fields : fields.slice(0, end);
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

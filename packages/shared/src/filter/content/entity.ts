/** What the header section of a message or part says of its body, in each way that programs read it. Pure. */
import { typesOf } from './content-type.ts';
import { decodeWords } from '../mime/encoded-words.ts';
import { valuesOf, type Field } from './header.ts';
import { namesOf } from './names.ts';
import type { Notes } from './notes.ts';
import { parseStructured, type Structured } from './parameters.ts';

/** One way to read it. */
export interface Entity {
  readonly type: Structured;
  /** '' for octets as they are. */
  readonly encoding: Encoding;
  /** Names that programs show of it as a file, the usual one first. */
  readonly names: readonly string[];
  /** Some program shows it as a file, or in place. */
  readonly isAttachment: boolean;
  readonly isInline: boolean;
}

export type Encoding = 'base64' | 'quoted-printable' | 'uuencode' | 'yenc' | '';

/** Different values of one field that are read. */
const VALUES = 8;

/** @returns the usual reading first, and no other where all programs agree */
export function readingsOf(fields: readonly Field[], usual: string, notes: Notes): readonly Entity[] {
  const contentTypes = differing(fields, 'content-type', notes);
  const types = severalOf(contentTypes, usual, typesOf, notes);
  const given = differing(fields, 'content-transfer-encoding', notes);
  const encodings = new Set(severalOf(given, '', encodingsOf, notes));
  const dispositions = differing(fields, 'content-disposition', notes).map((text) => parseStructured(text));
  if ([...types, ...dispositions].some(({ isCut }) => isCut)) notes.unreadParts('parameters after 100');
  const named = contentTypes.length > 2 ? contentTypes.map((text) => parseStructured(text)) : types;
  const names = namesOf(named, dispositions, notes);
  if (names.length === 0)
    names.push(...valuesOf(fields, 'content-description').filter(isFileName).slice(0, 1).map(described));
  const isAttachment = dispositions.some(({ value }) => value === 'attachment');
  const isInline = dispositions.length === 0 || dispositions.some(({ value }) => value !== 'attachment');
  const readings: Entity[] = [];
  for (const type of types)
    for (const encoding of encodings) readings.push({ type, encoding, names, isAttachment, isInline });
  return readings;
}

/** Some programs name a file by its description when it has no name. */
const isFileName = (text: string): boolean => /^[^\r\n]{1,255}\.[a-z0-9]{1,8}\s*$/i.test(text);
const described = (text: string): string => decodeWords(text).trim();

/** Of the first value and the last. */
function severalOf<T>(
  values: readonly string[],
  usual: string,
  read: (text: string, notes: Notes) => readonly T[],
  notes: Notes,
): readonly T[] {
  const first = read(values[0] ?? usual, notes);
  return values.length < 2 ? first : [...first, ...read(values.at(-1)!, notes)];
}

/** Values of a field that are given once or more, each once. */
function differing(fields: readonly Field[], name: string, notes: Notes): readonly string[] {
  const values = valuesOf(fields, name);
  if (values.length < 2) return values;
  const different = [...new Set(values.map((value) => value.trim()))];
  if (different.length > 1) notes.fault(`duplicate-${name}`, different.slice(0, 3).join(' | '));
  return different.length > VALUES ? [...different.slice(0, VALUES - 1), different.at(-1)!] : different;
}

const asTheyAre: readonly Encoding[] = [''];
const usualEncodings: ReadonlyMap<string, readonly Encoding[]> = new Map([
  ...['', '7bit', '8bit', 'binary'].map((value) => [value, asTheyAre] as const),
  ...(['base64', 'quoted-printable', 'uuencode'] as const).map((value) => [value, [value]] as const),
]);
const uuencode = /^(?:x-)?uue(?:ncode)?$/;
const yenc = /^(?:x-)?yenc(?:oded?)?$/;

function encodingsOf(text: string, notes: Notes): readonly Encoding[] {
  const usual = usualEncodings.get(text);
  if (usual) return usual;
  const { value } = parseStructured(text);
  const known = usualEncodings.get(value);
  if (known) return known;
  if (uuencode.test(value)) return ['uuencode'];
  if (yenc.test(value)) return ['yenc'];
  notes.fault('unknown-encoding', value);
  // Programs differ in whether they pass over what stands around the name of an encoding.
  if (/base[\s-]?64/.test(value)) return ['base64', ''];
  if (/quoted[\W_]?printable/.test(value)) return ['quoted-printable', ''];
  return /uue/.test(value) ? ['uuencode', ''] : asTheyAre;
}

/** What the header section of a message or part says of its body, in each way that programs read it. Pure. */
import { typesOf } from './content-type.ts';
import { valuesOf, type Field } from './header.ts';
import { namesOf } from './names.ts';
import type { Notes } from './notes.ts';
import { parseStructured, type Structured } from './parameters.ts';

/** One way to read it. */
export interface Entity {
  readonly type: Structured;
  /** `base64`, `quoted-printable`, `uuencode`, or '' for octets as they are. */
  readonly encoding: Encoding;
  /** Names that programs show of it as a file, the usual one first. */
  readonly names: readonly string[];
  /** Some program shows it as a file, or in place. */
  readonly isAttachment: boolean;
  readonly isInline: boolean;
}

export type Encoding = 'base64' | 'quoted-printable' | 'uuencode' | '';

/** Different values of one field that are read. */
const VALUES = 8;

/** @returns the usual reading first, and no other where all programs agree */
export function readingsOf(fields: readonly Field[], usual: string, notes: Notes): readonly Entity[] {
  const contentTypes = differing(fields, 'content-type', notes);
  const types = firstAndLast(contentTypes.length === 0 ? [usual] : contentTypes).flatMap((text) =>
    typesOf(text, notes),
  );
  const encodings = firstAndLast(differing(fields, 'content-transfer-encoding', notes)).flatMap((text) =>
    encodingsOf(text, notes),
  );
  const dispositions = differing(fields, 'content-disposition', notes).map(parseStructured);
  const names = namesOf(
    contentTypes.length > 2 ? contentTypes.map(parseStructured) : types,
    dispositions,
    notes,
  );
  const isAttachment = dispositions.some(({ value }) => value === 'attachment');
  const isInline = dispositions.length === 0 || dispositions.some(({ value }) => value !== 'attachment');
  const entityOf = (type: Structured, encoding: Encoding): Entity => ({
    type,
    encoding,
    names,
    isAttachment,
    isInline,
  });
  const [type] = types;
  if (types.length === 1 && encodings.length <= 1) return [entityOf(type!, encodings[0] ?? '')];
  const different = encodings.length === 0 ? ([''] as const) : new Set(encodings);
  return types.flatMap((each) => [...different].map((encoding) => entityOf(each, encoding)));
}

/** Values of a field that are given once or more, each once. */
function differing(fields: readonly Field[], name: string, notes: Notes): readonly string[] {
  const values = valuesOf(fields, name);
  if (values.length < 2) return values;
  const different = [...new Set(values.map((value) => value.trim()))];
  if (different.length > 1) notes.fault(`duplicate-${name}`, different.slice(0, 3).join(' | '));
  return different.length > VALUES ? [...different.slice(0, VALUES - 1), different.at(-1)!] : different;
}

const firstAndLast = (values: readonly string[]): readonly string[] =>
  values.length > 2 ? [values[0]!, values.at(-1)!] : values;

const asTheyAre = new Set(['', '7bit', '8bit', 'binary']);
const uuencode = /^(?:x-)?uue(?:ncode)?$/;

function encodingsOf(text: string, notes: Notes): readonly Encoding[] {
  const { value } = parseStructured(text);
  if (asTheyAre.has(value)) return [''];
  if (value === 'base64' || value === 'quoted-printable') return [value];
  if (uuencode.test(value)) return ['uuencode'];
  notes.fault('unknown-encoding', value);
  // Programs differ in whether they pass over what stands around the name of an encoding.
  if (/base[\s-]?64/.test(value)) return ['base64', ''];
  if (/quoted\W?printable/.test(value)) return ['quoted-printable', ''];
  return /uue/.test(value) ? ['uuencode', ''] : [''];
}

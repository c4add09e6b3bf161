/**
 * A header section: fields in order, unfolded (RFC 5322 §2.2). LF alone ends a line too. Pure.
 *
 * A reader of its own: it reads as lenient mail programs do, for evasions live where they differ from the standard, and also
 * the headers of parts. What it gives are texts, of which no signature could be verified.
 */
import { isAscii, isUtf8 } from 'node:buffer';

export type Field = readonly [name: string, value: string];

export interface HeaderSection {
  readonly fields: readonly Field[];
  /** Where the body begins. */
  readonly end: number;
  /** Fields that were there and are not kept. */
  readonly left: number;
  /** Octets beyond the bound that were not read. */
  readonly leftBytes: number;
  /** The first line that is no field, nor continues one. */
  readonly odd: OddLine | undefined;
}

export interface OddLine {
  readonly line: string;
  /** Where it stands in the octets. */
  readonly at: number;
  /** Fields before it that are kept. */
  readonly fields: number;
}

export interface HeaderBounds {
  readonly fields: number;
  readonly bytes: number;
  readonly fieldCharacters: number;
}

const LF = 0x0a;
const CR = 0x0d;
const name = /^([!-9;-~]{1,100})[ \t]*:/;

export function readHeader(octets: Buffer, from: number, to: number, bounds: HeaderBounds): HeaderSection {
  const { end, bodyAt } = extentOf(octets, from, to);
  const readTo = Math.min(end, from + bounds.bytes);
  const raw = textOf(octets.subarray(from, readTo));
  const fields: [string, string][] = [];
  let left = 0;
  let odd: OddLine | undefined;
  let current: [string, string] | undefined;
  for (const line of raw.split('\n')) {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (bare === '') continue;
    const first = bare.charCodeAt(0);
    if (first === 0x20 || first === 0x09) {
      if (current && current[1].length < bounds.fieldCharacters) current[1] += bare;
      continue;
    }
    const found = name.exec(bare);
    if (!found) {
      odd ??= { line: bare, at: from + placeOf(octets.subarray(from, readTo), bare), fields: fields.length };
      current = undefined;
    } else if (fields.length < bounds.fields) {
      current = [found[1]!.toLowerCase(), bare.slice(found[0].length).trimStart()];
      fields.push(current);
    } else {
      left += 1;
      current = undefined;
    }
  }
  return { fields, end: bodyAt, left, leftBytes: end - readTo, odd };
}

/** Up to the first empty line; a section without one is all of it. */
function extentOf(octets: Buffer, from: number, to: number): { end: number; bodyAt: number } {
  let at = from;
  while (at < to) {
    if (octets[at] === LF) return { end: at, bodyAt: at + 1 };
    if (octets[at] === CR && octets[at + 1] === LF) return { end: at, bodyAt: Math.min(at + 2, to) };
    const lf = octets.indexOf(LF, at);
    if (lf === -1 || lf >= to) break;
    at = lf + 1;
  }
  return { end: to, bodyAt: to };
}

/** RFC 6532 is UTF-8; what is not is read so that nothing is lost. */
const textOf = (octets: Buffer): string =>
  isAscii(octets) || !isUtf8(octets) ? octets.toString('latin1') : octets.toString('utf8');

/** Where a line stands that was read from these octets. */
function placeOf(octets: Buffer, line: string): number {
  const encoding = isUtf8(octets) ? 'utf8' : 'latin1';
  const at = octets.indexOf(`\n${line}`, 0, encoding);
  return octets.indexOf(line, 0, encoding) === 0 ? 0 : at + 1;
}

export function valuesOf(fields: readonly Field[], wanted: string): string[] {
  const values: string[] = [];
  for (const field of fields) if (field[0] === wanted) values.push(field[1]);
  return values;
}

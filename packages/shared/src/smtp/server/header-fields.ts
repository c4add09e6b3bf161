/**
 * Finds fields by name in the header section of a body, wherever it lies and however long the section is, and tells where they
 * stand. What is not looked for costs next to nothing.
 *
 * A reader of its own: it edits bodies that may lie in files of any length, so it reads piece by piece, without a bound on the
 * section, and keeps nothing but the fields that it looks for.
 */
import { octetsIn } from '../../platform/files/regular-file.ts';
import type { Body } from '../../platform/values/body.ts';

export interface FoundField {
  /** Lower case. */
  readonly name: string;
  /** Offset in the body of its first octet, and of the one behind its last CRLF. */
  readonly from: number;
  readonly to: number;
  /** As it stands, folded, with its CRLF; octets as Latin-1, at most 16 KB of it. A colon is in it unless it is cut. */
  readonly raw: string;
  /** There is more of it. */
  readonly isCut: boolean;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const RAW_CHARACTERS = 16 * 1024;

export class FieldFinder {
  readonly found: FoundField[] = [];
  ended = false;
  readonly #names: ReadonlySet<string>;
  /** Of lower-case names. */
  readonly #initials: ReadonlySet<number>;
  #offset = 0;
  #lineFrom = 0;
  /** The line at hand, while it may matter. */
  #line = '';
  #first = -1;
  #field: { readonly name: string; readonly from: number; raw: string; isCut: boolean } | undefined;

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
    this.#initials = new Set([...names].map((name) => name.charCodeAt(0)));
  }

  add(chunk: Buffer): void {
    let at = 0;
    while (!this.ended && at < chunk.length) {
      if (this.#first < 0) this.#first = chunk[at]!;
      const lf = chunk.indexOf(LF, at);
      const end = lf < 0 ? chunk.length : lf + 1;
      if (this.#matters() && this.#line.length < RAW_CHARACTERS)
        this.#line += chunk.toString('latin1', at, Math.min(end, at + RAW_CHARACTERS));
      if (lf >= 0) this.#take(this.#offset + end);
      at = end;
    }
    this.#offset += chunk.length;
  }

  /** A section that ends with the message. */
  finish(): void {
    if (!this.ended) this.#close(this.#offset);
  }

  #matters(): boolean {
    if (this.#first === SPACE || this.#first === TAB) return this.#field !== undefined;
    return this.#first === CR || this.#initials.has(this.#first | 0x20);
  }

  #take(lineTo: number): void {
    const isFolded = this.#first === SPACE || this.#first === TAB;
    if (isFolded) this.#goOn(lineTo);
    else {
      this.#close(this.#lineFrom);
      this.ended = this.#line === '\r\n';
      // A name may be followed by a fold, and the colon then stands on another line (RFC 5322 §4.5: white space before it).
      const name = /^([^\s:]+)[ \t]*(?::|\r\n$)/.exec(this.#line)?.[1]?.toLowerCase();
      if (name !== undefined && this.#names.has(name)) {
        this.#field = { name, from: this.#lineFrom, raw: '', isCut: false };
        this.#goOn(lineTo);
      }
    }
    this.#lineFrom = lineTo;
    this.#line = '';
    this.#first = -1;
  }

  /** The line belongs to the field at hand, if there is one. */
  #goOn(lineTo: number): void {
    const field = this.#field;
    if (!field) return;
    const whole = field.raw.length + (lineTo - this.#lineFrom);
    field.raw = (field.raw + this.#line).slice(0, RAW_CHARACTERS);
    field.isCut ||= whole > field.raw.length;
  }

  #close(to: number): void {
    const field = this.#field;
    if (field && (/^[^\s:]+\s*:/.test(field.raw) || (field.isCut && /^[^\s:]+\s*$/.test(field.raw))))
      this.found.push({ ...field, to });
    this.#field = undefined;
  }
}

/** Fields of these names, which are in lower case, in the order in which they stand. */
export function findFields(
  body: Body,
  names: ReadonlySet<string>,
): readonly FoundField[] | Promise<readonly FoundField[]> {
  const finder = new FieldFinder(names);
  if (body.path !== undefined) return findInFile(body.path, finder);
  for (const chunk of body.chunks ?? []) {
    finder.add(chunk);
    if (finder.ended) break;
  }
  finder.finish();
  return finder.found;
}

async function findInFile(path: string, finder: FieldFinder): Promise<readonly FoundField[]> {
  for await (const chunk of octetsIn(path)) {
    finder.add(chunk);
    if (finder.ended) break;
  }
  finder.finish();
  return finder.found;
}

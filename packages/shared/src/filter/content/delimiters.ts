/** Lines that begin with a boundary in force (RFC 2046 §5.1.1). Pure. */
import type { Notes } from './notes.ts';

/** One of them: the level it belongs to, and whether it is the last of it. */
export interface Delimiter {
  readonly at: number;
  readonly next: number;
  readonly level: number;
  readonly closes: boolean;
}

const DASH = 0x2d;
const LF = 0x0a;
const CR = 0x0d;
const HYPHENS = Buffer.from('\n--', 'latin1');
/** Boundaries without their last delimiter that are looked for later on. */
const UNCLOSED = 20;
/** Blanks that may stand behind a boundary. */
const LINE_BLANKS = 1_000;

export class Delimiters {
  readonly #octets: Buffer;
  readonly #notes: Notes;
  /** Boundaries in force, the outermost first, each in the octets that it may stand in. */
  readonly #boundaries: (readonly Buffer[])[] = [];
  /** Those that were in force until a delimiter further out came before their last one. */
  readonly #unclosed: Buffer[] = [];
  /** The delimiter that was found last, for it is asked for again; none has come between. */
  #found: { readonly from: number; readonly delimiter: Delimiter | undefined } | undefined;

  constructor(octets: Buffer, notes: Notes) {
    this.#octets = octets;
    this.#notes = notes;
  }

  /** @returns the level of the boundary, which is in force from now on */
  enter(boundary: string): number {
    const octets = octetsOf(boundary);
    if (this.#boundaries.some(([each]) => each!.equals(octets[0]!)))
      this.#notes.fault('boundary-reused', `${boundary} within itself`);
    this.#found = undefined;
    return this.#boundaries.push(octets) - 1;
  }

  /** @param isClosed its last delimiter was found */
  leave(level: number, isClosed: boolean): void {
    const left = this.#boundaries.splice(level);
    if (!isClosed && this.#unclosed.length < UNCLOSED) this.#unclosed.push(...left.flat());
    this.#found = undefined;
  }

  /** The next line from there on that begins with a boundary in force. */
  next(from: number): Delimiter | undefined {
    if (this.#boundaries.length === 0) return undefined;
    const found = this.#found;
    if (found && found.from <= from && (!found.delimiter || found.delimiter.at >= from))
      return found.delimiter;
    const delimiter = this.#searchDelimiter(from);
    this.#found = { from, delimiter };
    return delimiter;
  }

  #searchDelimiter(from: number): Delimiter | undefined {
    const octets = this.#octets;
    let at = startsLine(octets, from) && octets[from] === DASH && octets[from + 1] === DASH ? from : -1;
    let search = from;
    for (;;) {
      if (at === -1) {
        const found = octets.indexOf(HYPHENS, search);
        if (found === -1) return undefined;
        at = found + 1;
      }
      const delimiter = this.#delimiterAt(at);
      if (delimiter) return delimiter;
      search = at;
      at = -1;
    }
  }

  #delimiterAt(at: number): Delimiter | undefined {
    const octets = this.#octets;
    for (let level = this.#boundaries.length - 1; level >= 0; level -= 1) {
      const boundary = this.#boundaries[level]!.find((each) => standsAt(octets, at + 2, each));
      if (!boundary) continue;
      const after = at + 2 + boundary.length;
      const closes = octets[after] === DASH && octets[after + 1] === DASH;
      const next = restOfLine(octets, closes ? after + 2 : after);
      if (next !== -1) return { at, next, level, closes };
      this.#notes.fault('ambiguous-boundary', `--${boundary.toString('latin1')} with more behind it`);
    }
    for (const boundary of this.#unclosed)
      if (standsAt(octets, at + 2, boundary))
        this.#notes.fault('ambiguous-boundary', `--${boundary.toString('latin1')} after its multipart`);
    return undefined;
  }
}

/** A header section that is not UTF-8 is read as ISO 8859-1. */
function octetsOf(boundary: string): readonly Buffer[] {
  const utf8 = Buffer.from(boundary, 'utf8');
  return /[\x80-\xff]/.test(boundary) && !/[^\0-\xff]/.test(boundary)
    ? [utf8, Buffer.from(boundary, 'latin1')]
    : [utf8];
}

function standsAt(octets: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (octets[at + i] !== wanted[i]) return false;
  return true;
}

const startsLine = (octets: Buffer, at: number): boolean => at === 0 || octets[at - 1] === LF;

/** Where the next line begins if nothing but blanks stands before it, else -1. */
function restOfLine(octets: Buffer, from: number): number {
  let at = from;
  const longest = Math.min(octets.length, from + LINE_BLANKS);
  while (at < longest && (octets[at] === 0x20 || octets[at] === 0x09)) at += 1;
  if (octets[at] === CR) at += 1;
  if (at >= octets.length) return octets.length;
  return octets[at] === LF ? at + 1 : -1;
}

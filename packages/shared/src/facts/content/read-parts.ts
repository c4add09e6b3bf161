/**
 * The parts of a message (RFC 2046), in one pass over its octets. Where programs read a message differently, the parts that
 * any of them would show are read: those after the last delimiter, in an encoded multipart, in a message within a message.
 * What is ambiguous is noted as a fault. Pure.
 */
import { bounds } from './bounds.ts';
import { readHeader, valuesOf, type Field } from './header.ts';
import type { Notes } from './notes.ts';
import { parseStructured, type Structured } from './parameters.ts';
import { decodeBase64, decodeQuotedPrintable } from './transfer-encoding.ts';
import { uuFilesIn } from './uuencoded.ts';

/** A part that holds no others, decoded. */
export interface Leaf {
  readonly type: Structured;
  readonly disposition: Structured;
  readonly octets: Buffer;
  /** In a message within the message. */
  readonly nested: boolean;
}

/** A line that begins with a boundary in force: the level it belongs to, and whether it is the last of it. */
interface Delimiter {
  readonly at: number;
  readonly next: number;
  readonly level: number;
  readonly closes: boolean;
}

interface Place {
  readonly depth: number;
  readonly nested: boolean;
  /** Within multipart/digest a part is a message unless it says otherwise. */
  readonly usual: string;
}

const DASH = 0x2d;
const LF = 0x0a;
const CR = 0x0d;
const HYPHENS = Buffer.from('\n--', 'latin1');
const partBounds = {
  fields: bounds.partFields,
  bytes: bounds.partHeaderBytes,
  fieldCharacters: bounds.fieldCharacters,
};

export class Parts {
  readonly #octets: Buffer;
  readonly #notes: Notes;
  readonly #leaf: (leaf: Leaf) => void;
  /** Boundaries in force, the outermost first. */
  readonly #boundaries: Buffer[] = [];
  /** The delimiter that was found last, for it is asked for again; none has come between. */
  #found: { readonly from: number; readonly delimiter: Delimiter | undefined } | undefined;

  constructor(octets: Buffer, notes: Notes, leaf: (leaf: Leaf) => void) {
    this.#octets = octets;
    this.#notes = notes;
    this.#leaf = leaf;
  }

  /** What stands after a header section, up to the delimiter that ends it. */
  read(fields: readonly Field[], bodyAt: number, place: Place): Delimiter | undefined {
    const { type, encoding, disposition } = this.#describe(fields, place.usual);
    if (this.#isTooMuch(place)) return this.#skip(bodyAt);
    const isEncoded = encoding === 'base64' || encoding === 'quoted-printable';
    const isMultipart = type.value.startsWith('multipart/');
    const isMessage = /^message\/(?:rfc822|global)$/.test(type.value);
    if (isMultipart && isEncoded) this.#notes.fault('encoded-multipart', `${type.value} in ${encoding}`);
    if (isMultipart && !isEncoded) {
      const boundary = type.parameters.get('boundary') ?? '';
      if (boundary !== '') return this.#multipart(boundary, bodyAt, place, type.value);
      this.#notes.fault('no-boundary', `${type.value} without a boundary`);
    }
    if (isMessage && !isEncoded) return this.#message(bodyAt, place);
    const end = this.#nextDelimiter(bodyAt);
    const octets = this.#decoded(
      bodyAt,
      end ? beforeLineEnd(this.#octets, bodyAt, end.at) : undefined,
      encoding,
    );
    if (isEncoded && (isMultipart || isMessage)) this.#within(octets, fields, place, isMessage);
    else this.#leaf({ type, disposition, octets, nested: place.nested });
    return end;
  }

  #describe(
    fields: readonly Field[],
    usual: string,
  ): { type: Structured; encoding: string; disposition: Structured } {
    const one = (name: string): string | undefined => {
      const values = valuesOf(fields, name);
      if (values.length > 1 && values.some((value) => value.trim() !== values[0]?.trim()))
        this.#notes.fault(`duplicate-${name}`, values.slice(0, 3).join(' | '));
      return values[0];
    };
    const type = parseStructured(one('content-type') ?? usual);
    const disposition = parseStructured(one('content-disposition'));
    const encoding = parseStructured(one('content-transfer-encoding')).value;
    if (type.twice.includes('boundary')) this.#notes.fault('two-boundaries', type.value);
    if (!known.test(encoding)) this.#notes.fault('unknown-encoding', encoding);
    return { type, encoding, disposition };
  }

  #isTooMuch({ depth }: Place): boolean {
    this.#notes.parts += 1;
    if (depth > bounds.nesting) {
      this.#notes.fault('nested-too-deep', `more than ${bounds.nesting} levels`);
      this.#notes.unreadParts(`parts nested deeper than ${bounds.nesting}`);
      return true;
    }
    if (this.#notes.parts <= bounds.parts) return false;
    this.#notes.fault('too-many-parts', `more than ${bounds.parts}`);
    this.#notes.unreadParts(`parts after ${bounds.parts}`);
    return true;
  }

  #skip(from: number): Delimiter | undefined {
    return this.#notes.parts > bounds.parts ? undefined : this.#nextDelimiter(from);
  }

  #multipart(boundary: string, bodyAt: number, place: Place, type: string): Delimiter | undefined {
    const level = this.#boundaries.length;
    const octets = Buffer.from(boundary.trimEnd().slice(0, 200), 'utf8');
    if (this.#boundaries.some((each) => each.equals(octets)))
      this.#notes.fault('boundary-reused', `${boundary} within itself`);
    this.#boundaries.push(octets);
    this.#found = undefined;
    const inner = {
      ...place,
      depth: place.depth + 1,
      usual: type === 'multipart/digest' ? 'message/rfc822' : '',
    };
    let end = this.#nextDelimiter(bodyAt);
    let closed = false;
    while (end && end.level >= level) {
      if (end.closes) {
        closed = true;
        end = this.#nextDelimiter(end.next);
        continue;
      }
      if (closed) this.#notes.fault('parts-after-end', `${type} goes on after its last delimiter`);
      end = this.#entity(end.next, inner);
    }
    if (!closed && this.#notes.parts <= bounds.parts)
      this.#notes.fault('unclosed-multipart', `${type} without its last delimiter`);
    this.#boundaries.length = level;
    this.#found = undefined;
    return end;
  }

  #message(bodyAt: number, place: Place): Delimiter | undefined {
    return this.#entity(bodyAt, { depth: place.depth + 1, nested: true, usual: '' });
  }

  #entity(at: number, place: Place): Delimiter | undefined {
    // A delimiter may stand in a header section, and ends it.
    const stop = this.#nextDelimiter(at);
    const { fields, end, left, leftBytes } = readHeader(
      this.#octets,
      at,
      stop ? stop.at : this.#octets.length,
      partBounds,
    );
    if (left > 0 || leftBytes > 0) this.#notes.unread('fields of a part');
    return this.read(fields, end, place);
  }

  /** A multipart or message that was encoded as a whole. */
  #within(octets: Buffer, fields: readonly Field[], place: Place, isMessage: boolean): void {
    const parts = new Parts(octets, this.#notes, this.#leaf);
    const inner = { depth: place.depth + 1, nested: place.nested || isMessage, usual: '' };
    if (isMessage) parts.#entity(0, inner);
    else
      parts.read(
        fields.filter(([name]) => name !== 'content-transfer-encoding'),
        0,
        inner,
      );
  }

  #decoded(from: number, to: number | undefined, encoding: string): Buffer {
    const raw = this.#octets.subarray(from, to);
    const taken = raw.length > this.#notes.roomBytes ? raw.subarray(0, this.#notes.roomBytes) : raw;
    if (taken.length < raw.length) this.#notes.unreadParts('octets of parts beyond the bound');
    const octets = this.#undone(taken, encoding);
    this.#notes.decodedBytes += octets.length;
    return octets;
  }

  #undone(raw: Buffer, encoding: string): Buffer {
    if (encoding === 'quoted-printable') return decodeQuotedPrintable(raw);
    if (uuencode.test(encoding)) for (const { octets } of uuFilesIn(raw.toString('latin1'))) return octets;
    if (encoding !== 'base64') return raw;
    const { octets, goesOn } = decodeBase64(raw);
    if (goesOn) this.#notes.fault('base64-goes-on', 'base64 after its padding');
    return octets;
  }

  #nextDelimiter(from: number): Delimiter | undefined {
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
      const boundary = this.#boundaries[level]!;
      if (!standsAt(octets, at + 2, boundary)) continue;
      const after = at + 2 + boundary.length;
      const closes = octets[after] === DASH && octets[after + 1] === DASH;
      const next = restOfLine(octets, closes ? after + 2 : after);
      if (next !== -1) return { at, next, level, closes };
      this.#notes.fault('ambiguous-boundary', `--${boundary.toString('latin1')} with more behind it`);
    }
    return undefined;
  }
}

const uuencode = /^(?:x-)?uue(?:ncode)?$/;
const known = /^(?:|7bit|8bit|binary|base64|quoted-printable|(?:x-)?uue(?:ncode)?)$/;

function standsAt(octets: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (octets[at + i] !== wanted[i]) return false;
  return true;
}

const startsLine = (octets: Buffer, at: number): boolean => at === 0 || octets[at - 1] === LF;

/** Where the next line begins if nothing but blanks stands before it, else -1. */
function restOfLine(octets: Buffer, from: number): number {
  let at = from;
  const longest = Math.min(octets.length, from + 200);
  while (at < longest && (octets[at] === 0x20 || octets[at] === 0x09)) at += 1;
  if (octets[at] === CR) at += 1;
  if (at >= octets.length) return octets.length;
  return octets[at] === LF ? at + 1 : -1;
}

/** The line end in front of a delimiter belongs to it (RFC 2046 §5.1.1). */
function beforeLineEnd(octets: Buffer, from: number, at: number): number {
  let end = at;
  if (end > from && octets[end - 1] === LF) end -= 1;
  if (end > from && octets[end - 1] === CR) end -= 1;
  return end;
}

/**
 * The parts of a message (RFC 2046), in one pass over its octets. Where programs read a message differently, the parts that
 * any of them would show are read: those after the last delimiter, in an encoded multipart, in a message within a message.
 * What is ambiguous is noted as a fault. Pure.
 */
import { bounds } from './bounds.ts';
import { decodeText } from '../mime/charset.ts';
import { Delimiters, type Delimiter } from './delimiters.ts';
import { readingsOf, type Encoding, type Entity } from './entity.ts';
import { readHeader, type HeaderSection, type OddLine } from './header.ts';
import { looksLike } from './looks-like.ts';
import type { Notes } from './notes.ts';
import type { Structured } from './parameters.ts';
import { lineEndsBefore, startsAsMessage, startsAsPart } from './starts.ts';
import { decodeBase64, decodeQuotedPrintable } from '../mime/transfer-encoding.ts';
import { urlsIn } from './urls.ts';
import { uuFilesIn } from './uuencoded.ts';
import { yencFilesIn } from './yenc.ts';

/** A part decoded: one that holds no others, or a file besides what was read in it. */
export interface Leaf extends Omit<Entity, 'encoding'> {
  readonly octets: Buffer;
  /** What it holds was read as a message. */
  readonly isRead?: boolean;
}

interface Decoded {
  readonly octets: Buffer;
  /** As its encoding names it. */
  readonly name?: string;
}

interface Place {
  readonly depth: number;
  /** Within multipart/digest a part is a message unless it says otherwise. */
  readonly usual: string;
}

const LF = 0x0a;
const CR = 0x0d;
const partBounds = {
  fields: bounds.partFields,
  bytes: bounds.partHeaderBytes,
  fieldCharacters: bounds.fieldCharacters,
};

/** The header section of a part; what lies beyond its bounds is not read. @param end where it ends at the latest */
export function readPartHeader(octets: Buffer, at: number, end: number, notes: Notes): HeaderSection {
  const header = readHeader(octets, at, end, partBounds);
  if (header.left > 0 || header.leftBytes > 0) notes.unreadParts('fields of a part');
  return header;
}

export class Parts {
  readonly #octets: Buffer;
  readonly #notes: Notes;
  readonly #leaf: (leaf: Leaf) => void;
  readonly #delimiters: Delimiters;

  constructor(octets: Buffer, notes: Notes, leaf: (leaf: Leaf) => void) {
    this.#octets = octets;
    this.#notes = notes;
    this.#leaf = leaf;
    this.#delimiters = new Delimiters(octets, notes);
  }

  /** What stands after a header section, up to the delimiter that ends it. */
  read({ fields, end: bodyAt, odd }: HeaderSection, place: Place): Delimiter | undefined {
    if (this.#isTooMuch(place)) return this.#skip(bodyAt);
    const [entity, ...others] = readingsOf(fields, place.usual, this.#notes);
    const end = this.#readAs(entity!, bodyAt, place);
    if (others.length === 0 && !odd) return end;
    const next = this.#delimiters.next(bodyAt);
    for (const other of others) this.#readAgain(other, this.#body(bodyAt, next), place);
    if (odd && !isMailboxLine(odd)) {
      // Some programs take it for the beginning of the body.
      const [before] = readingsOf(fields.slice(0, odd.fields), place.usual, this.#notes);
      this.#readAgain(before!, this.#body(odd.at, next), place);
    }
    return end;
  }

  #readAgain(entity: Entity, body: Buffer, place: Place): void {
    this.#again(() => void new Parts(body, this.#notes, this.#leaf).#readAs(entity, 0, place));
  }

  /** Reads a part as another program does. Faults are noted of the usual reading only. */
  #again(read: () => void): void {
    this.#notes.readings += 1;
    if (this.#notes.readings > bounds.readings)
      this.#notes.unreadParts(`other readings of parts after ${bounds.readings}`);
    else this.#notes.withoutFaults(read);
  }

  #readAs(entity: Entity, bodyAt: number, place: Place): Delimiter | undefined {
    const { type, encoding } = entity;
    const isMultipart = type.value.startsWith('multipart/');
    const boundary = isMultipart ? boundaryOf(type) : '';
    const isMessage = !isMultipart && isMessageType.test(type.value);
    if (isMultipart) this.#noteMultipart(entity, boundary);
    if (encoding === '') {
      if (boundary !== '') return this.#multipart(entity, boundary, bodyAt, place);
      if (isMessage) return this.#message(entity, bodyAt, place);
    }
    const end = this.#delimiters.next(bodyAt);
    const body = this.#body(bodyAt, end);
    if (encoding !== '' && (isMultipart || isMessage)) this.#encodedWhole(entity, boundary, body, place);
    else for (const each of this.#decoded(body, encoding)) this.#give(entity, each, place);
    return end;
  }

  #noteMultipart({ type, encoding }: Entity, boundary: string): void {
    if (encoding !== '') this.#notes.fault('encoded-multipart', `${type.value} in ${encoding}`);
    if (boundary === '') this.#notes.fault('no-boundary', `${type.value} without a boundary`);
  }

  /** A multipart or message that is encoded as a whole; some programs read it as if it were not. */
  #encodedWhole(entity: Entity, boundary: string, body: Buffer, place: Place): void {
    const asItIs: Entity = { ...entity, encoding: '' };
    const inner = { ...place, depth: place.depth + 1 };
    const decoded = this.#decoded(body, entity.encoding);
    for (const { octets } of decoded) {
      this.#within(asItIs, octets, inner);
      // To some programs a bare CR ends a line.
      if (!octets.includes(CR) || octets.includes(LF)) continue;
      const lines = octets.toString('latin1').replaceAll('\r', '\r\n');
      this.#within(asItIs, Buffer.from(lines, 'latin1'), inner);
    }
    const isPlain = boundary === '' ? startsAsMessage(body) : body.includes(`--${boundary}`);
    if (isPlain && !decoded.some(({ octets }) => octets.equals(body))) this.#readAgain(asItIs, body, inner);
  }

  #within(entity: Entity, octets: Buffer, place: Place): void {
    if (!this.#isTooMuch(place)) new Parts(octets, this.#notes, this.#leaf).#readAs(entity, 0, place);
  }

  /** A file that is a message by its name is opened as one by most programs. */
  #give(entity: Entity, { octets, name = '' }: Decoded, place: Place): void {
    const names = name === '' || entity.names.includes(name) ? entity.names : [...entity.names, name];
    this.#leaf({ ...entity, names, octets });
    const isUnknownMessage = entity.type.value.startsWith('message/x-') && startsAsMessage(octets);
    if (names.some(isMessageFile) || isUnknownMessage) this.#messageIn(octets, place);
  }

  #messageIn(octets: Buffer, place: Place): void {
    new Parts(octets, this.#notes, this.#leaf).#entity(0, { depth: place.depth + 1, usual: '' });
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
    return this.#notes.parts > bounds.parts ? undefined : this.#delimiters.next(from);
  }

  #multipart(entity: Entity, boundary: string, bodyAt: number, place: Place): Delimiter | undefined {
    const type = entity.type.value;
    const level = this.#delimiters.enter(boundary);
    const inner = { depth: place.depth + 1, usual: type === 'multipart/digest' ? 'message/rfc822' : '' };
    let end = this.#delimiters.next(bodyAt);
    const hasParts = end !== undefined && end.level >= level;
    if (hasParts) this.#outside(this.#body(bodyAt, end));
    let closed = false;
    while (end && end.level >= level) {
      if (end.closes) {
        closed = true;
        const epilogueAt: number = end.next;
        end = this.#delimiters.next(epilogueAt);
        this.#outside(this.#body(epilogueAt, end));
        continue;
      }
      if (closed) this.#notes.fault('parts-after-end', `${type} goes on after its last delimiter`);
      end = this.#part(end.next, inner);
    }
    if (!closed && this.#notes.parts <= bounds.parts)
      this.#noteUnclosed(type, boundary, this.#body(bodyAt, end));
    this.#delimiters.leave(level, closed);
    if (!hasParts) this.#withoutParts(entity, boundary, this.#body(bodyAt, end), place);
    return end;
  }

  /** The preamble or the epilogue, which some programs show as text (RFC 2046 §5.1.1). */
  #outside(octets: Buffer): void {
    if (octets.length < SHORTEST_LINK) return;
    const { text } = decodeText(octets.subarray(0, bounds.textPieceBytes), '');
    urlsIn(text, (url) => this.#notes.url(url));
    if (octets.length > bounds.textPieceBytes) this.#notes.unreadParts('text outside of all parts');
  }

  /** Some programs pass over empty lines in front of the header of a part. */
  #part(at: number, place: Place): Delimiter | undefined {
    const begin = lineEndsBefore(this.#octets.subarray(at));
    if (begin > 0 && startsAsPart(this.#octets.subarray(at + begin))) {
      const body = this.#body(at + begin, this.#delimiters.next(at));
      this.#again(() => void new Parts(body, this.#notes, this.#leaf).#entity(0, place));
    }
    return this.#entity(at, place);
  }

  /** To some programs a delimiter may stand behind blanks. */
  #noteUnclosed(type: string, boundary: string, octets: Buffer): void {
    this.#notes.fault('unclosed-multipart', `${type} without its last delimiter`);
    if (boundary !== '' && ['\n ', '\n\t'].some((before) => octets.includes(`${before}--${boundary}`)))
      this.#notes.fault('ambiguous-boundary', `--${boundary} behind a blank`);
  }

  /** Programs that find no parts show what is there; others take the boundary for what the first delimiter says. */
  #withoutParts(entity: Entity, boundary: string, octets: Buffer, place: Place): void {
    this.#leaf({ ...entity, octets });
    const [, meant] = firstDelimiter.exec(octets.toString('utf8', 0, FIRST_BYTES)) ?? [];
    if (meant === undefined || meant === boundary) return;
    const parameters = new Map([...entity.type.parameters, ['boundary', meant]]);
    this.#readAgain({ ...entity, type: { ...entity.type, parameters } }, octets, place);
  }

  /** It counts as a file too when programs name it, or when it is no message. */
  #message(entity: Entity, bodyAt: number, place: Place): Delimiter | undefined {
    const end = this.#entity(bodyAt, { depth: place.depth + 1, usual: '' });
    const octets = this.#body(bodyAt, end);
    const isRead = startsAsMessage(octets);
    // Some programs pass over empty lines in front of a message.
    const begin = lineEndsBefore(octets);
    if (begin > 0 && startsAsMessage(octets.subarray(begin))) this.#messageIn(octets.subarray(begin), place);
    const isFile = entity.names.length > 0 || entity.type.value === 'message/partial';
    if (isFile || (!isRead && octets.length > 0) || looksLike(octets) !== '')
      this.#leaf({ ...entity, octets, isRead });
    return end;
  }

  #entity(at: number, place: Place): Delimiter | undefined {
    // A delimiter may stand in a header section, and ends it.
    const stop = this.#delimiters.next(at);
    const end = stop ? stop.at : this.#octets.length;
    return this.read(readPartHeader(this.#octets, at, end, this.#notes), place);
  }

  #body(from: number, end: Delimiter | undefined): Buffer {
    return this.#octets.subarray(from, end ? beforeLineEnd(this.#octets, from, end.at) : undefined);
  }

  /** @returns several where programs decode differently */
  #decoded(raw: Buffer, encoding: Encoding): readonly Decoded[] {
    const taken = raw.length > this.#notes.roomBytes ? raw.subarray(0, this.#notes.roomBytes) : raw;
    if (taken.length < raw.length) this.#notes.unreadParts('octets of parts beyond the bound');
    const decoded = this.#undone(taken, encoding);
    for (const { octets } of decoded) this.#notes.decodedBytes += octets.length;
    return decoded;
  }

  #undone(raw: Buffer, encoding: Encoding): readonly Decoded[] {
    if (encoding === 'quoted-printable') return [{ octets: decodeQuotedPrintable(raw) }];
    if (encoding === 'uuencode') for (const file of uuFilesIn(raw.toString('latin1'))) return [file];
    if (encoding === 'yenc') for (const file of yencFilesIn(raw)) return [file];
    if (encoding !== 'base64') return [{ octets: raw }];
    const { octets, goesOn, other } = decodeBase64(raw);
    if (goesOn) this.#notes.fault('base64-goes-on', 'base64 after its padding');
    return other ? [{ octets }, { octets: other }] : [{ octets }];
  }
}

/** The line that a mailbox begins a message with. */
const isMailboxLine = ({ line, fields }: OddLine): boolean => fields === 0 && /^>?From /.test(line);

const isMessageType = /^message\/(?:rfc822|global|news|partial)$/;
export const isMessageFile = (name: string): boolean => /\.(?:eml|nws|mht|mhtml)[\s.]{0,20}$/i.test(name);

/** RFC 2046 §5.1.1 allows 70 characters, programs more. */
const BOUNDARY_CHARACTERS = 1_000;
const boundaryOf = ({ parameters }: Structured): string =>
  (parameters.get('boundary') ?? '').trimEnd().slice(0, BOUNDARY_CHARACTERS);

/** A line that begins as a delimiter does, and does not end one. */
const firstDelimiter = /^--([^\r\n]{0,1000}[^\r\n\s-])[ \t]{0,100}\r?$/m;
const FIRST_BYTES = 8 * 1024;

/** Octets of `a.de`. */
const SHORTEST_LINK = 4;

/** The line end in front of a delimiter belongs to it (RFC 2046 §5.1.1). */
function beforeLineEnd(octets: Buffer, from: number, at: number): number {
  let end = at;
  if (end > from && octets[end - 1] === LF) end -= 1;
  if (end > from && octets[end - 1] === CR) end -= 1;
  return end;
}

/**
 * A value with parameters, as Content-Type and Content-Disposition have (RFC 2045 §5.1, RFC 2183), with those in pieces and
 * in other charsets put together (RFC 2231). Where programs read a parameter differently, every reading is kept. Pure.
 */
import { decodeText } from '../mime/charset.ts';
import { decodeWords } from '../mime/encoded-words.ts';

export interface Structured {
  /** Lower-case: `text/plain`, `attachment`. */
  readonly value: string;
  /** By lower-case name, decoded: the reading of most programs; of a parameter given twice the first. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What other programs read, by lower-case name; a parameter that all read alike is absent. */
  readonly others: ReadonlyMap<string, readonly string[]>;
  /** Parameters given twice with different values. */
  readonly twice: readonly string[];
  /** There are more parameters than are read. */
  readonly isCut: boolean;
}

interface Pair {
  readonly name: string;
  /** The reading of most programs first. */
  readonly readings: readonly string[];
}

interface Piece {
  readonly index: number;
  readonly isEncoded: boolean;
  readonly content: string;
}

const PARAMETERS = 100;
/** Times that parameters are looked for within a value. */
const WITHIN = 10;
/** Readings of one parameter that are kept. */
const READINGS = 16;
const none: Structured = { value: '', parameters: new Map(), others: new Map(), twice: [], isCut: false };

export function parseStructured(field: string): Structured {
  const text = withoutComments(field);
  const end = endOfValue(text);
  const value = text.slice(0, end).trim().toLowerCase();
  if (end === text.length) return { ...none, value };
  const raw = new Map<string, string[]>();
  const twice: string[] = [];
  let count = 0;
  for (const { name, readings } of pairsOf(text, end)) {
    count += 1;
    const known = raw.get(name);
    if (!known) raw.set(name, [...readings]);
    else if (!known.includes(readings[0]!)) {
      twice.push(name.split('*', 1)[0]!);
      known.push(...readings);
    }
  }
  return { value, twice, isCut: count === PARAMETERS, ...joined(raw) };
}

/** A parameter may follow without its semicolon. */
const parameter = /[\s,][^\s=;,"()]{1,100}=/;

/** Nothing but parameters: the value was left out. */
const isParameter = /^\s*[^\s=;,"()/]{1,100}=/;

function endOfValue(text: string): number {
  if (isParameter.test(text)) return 0;
  const semicolon = text.indexOf(';');
  const end = semicolon === -1 ? text.length : semicolon;
  const equals = text.indexOf('=');
  if (equals === -1 || equals > end) return end;
  const found = parameter.exec(text);
  return found && found.index > 0 && found.index < end ? found.index : end;
}

const quotedOrComment = /"(?:[^"\\]|\\[\s\S])*"?|\([^()]*\)/g;

/** Those in quotes are none. */
export const withoutComments = (text: string): string =>
  text.includes('(') ? text.replace(quotedOrComment, (found) => (found.startsWith('(') ? ' ' : found)) : text;

const pair = /[\s;,]*([^\s=;,"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)("?)([^;]*)|([^;]*))/y;

function* pairsOf(text: string, from: number): Iterable<Pair> {
  pair.lastIndex = from;
  let within = 0;
  for (let count = 0; count < PARAMETERS; count += 1) {
    const at = pair.lastIndex;
    const found = pair.exec(text);
    if (!found) {
      const next = text.indexOf(';', at + 1);
      if (next === -1) return;
      pair.lastIndex = next;
      continue;
    }
    const [, name = '', quoted, quote = '', tail = '', bare = ''] = found;
    const end = pair.lastIndex;
    yield {
      name: name.toLowerCase(),
      readings: quoted === undefined ? bareReadings(bare) : quotedReadings(quoted, quote, tail),
    };
    const rest = quoted === undefined ? bare : tail;
    const blank = within < WITHIN ? rest.search(/\S[\s,]|^[\s,]/) : -1;
    // What follows blanks may be a parameter without its semicolon.
    if (blank === -1 || !parameter.test(rest)) continue;
    within += 1;
    pair.lastIndex = end - rest.length + blank + 1;
  }
}

/** Programs differ in whether a blank ends a value without quotes, and in what they take for quotes. */
function bareReadings(text: string): string[] {
  const value = text.trim();
  const readings = [value];
  const blank = value.search(/\s/);
  if (blank !== -1) readings.push(value.slice(0, blank));
  if (value.startsWith("'")) readings.push(value.replaceAll("'", ''));
  return readings;
}

/** Programs differ in what a backslash means, in what stands behind the quotes, and in quotes that do not end. */
function quotedReadings(quoted: string, quote: string, tail: string): string[] {
  const value = quoted.includes('\\') ? quoted.replace(/\\([\s\S])/g, '$1') : quoted;
  const readings = [value];
  if (value !== quoted) readings.push(quoted);
  if (quote === '' && quoted.includes(';')) readings.push(quoted.slice(0, quoted.indexOf(';')).trim());
  const behind = tail.trim();
  if (behind !== '' && !behind.startsWith('(')) readings.push(value + behind.replaceAll('"', ''));
  return readings;
}

/** `name*0*`, `name*1` … to `name`; `name*` has a charset in front. */
function joined(raw: ReadonlyMap<string, readonly string[]>): Pick<Structured, 'parameters' | 'others'> {
  const all = new Map<string, string[]>();
  const pieces = new Map<string, Piece[]>();
  for (const [name, contents] of raw) {
    const [, bare, index, star] = name.includes('*')
      ? (/^([^*]+)(?:\*(\d{1,3}))?(\*)?$/.exec(name) ?? [])
      : [];
    if (bare === undefined) all.set(name, contents.map(decodeWords));
    else {
      const more = contents.map((content) => ({
        index: Number(index ?? 0),
        isEncoded: star !== undefined,
        content,
      }));
      pieces.set(bare, [...(pieces.get(bare) ?? []), ...more]);
    }
  }
  // As mail programs do, the extended form counts where both are given.
  for (const [name, given] of pieces) all.set(name, [...ofPieces(given), ...(all.get(name) ?? [])]);
  const parameters = new Map<string, string>();
  let others: Map<string, readonly string[]> | undefined;
  for (const [name, readings] of all) {
    parameters.set(name, readings[0]!);
    if (readings.length === 1) continue;
    const more = [...new Set(readings)].slice(1, READINGS);
    if (more.length > 0) (others ??= new Map()).set(name, more);
  }
  return { parameters, others: others ?? none.others };
}

/** Programs differ in pieces that are missing, given twice or out of order. */
function ofPieces(given: readonly Piece[]): string[] {
  const sorted = given.toSorted((a, b) => a.index - b.index);
  const first = sorted.filter((piece, i) => piece.index !== sorted[i - 1]?.index);
  const last = sorted.filter((piece, i) => piece.index !== sorted[i + 1]?.index);
  const gap = first.findIndex((piece, i) => piece.index !== first[0]!.index + i);
  const readings = [extended(first)];
  if (last.length < sorted.length) readings.push(extended(last), extended(sorted));
  if (gap !== -1) readings.push(extended(first.slice(0, gap)));
  if (sorted.some((piece, i) => piece !== given[i])) readings.push(extended(given));
  return readings;
}

function extended(pieces: readonly Piece[]): string {
  const [first] = pieces;
  const [, charset = '', text] =
    first?.isEncoded === true ? (/^([^']*)'[^']*'([\s\S]*)$/.exec(first.content) ?? []) : [];
  const octets = pieces.map(({ isEncoded, content }, i) => {
    const piece = i === 0 && text !== undefined ? text : content;
    return isEncoded ? percentDecoded(piece) : Buffer.from(piece, 'utf8');
  });
  return decodeWords(decodeText(Buffer.concat(octets), charset).text);
}

const percentDecoded = (text: string): Buffer =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );

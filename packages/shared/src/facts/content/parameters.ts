/**
 * A value with parameters, as Content-Type and Content-Disposition have (RFC 2045 §5.1, RFC 2183), with those in pieces and
 * in other charsets put together (RFC 2231). Pure.
 */
import { decodeText } from './charset.ts';
import { decodeWords } from './encoded-words.ts';

export interface Structured {
  /** Lower-case: `text/plain`, `attachment`. */
  readonly value: string;
  /** By lower-case name, decoded; of one given twice the first. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Those given twice with different values. */
  readonly twice: readonly string[];
}

const PARAMETERS = 100;
const none: Structured = { value: '', parameters: new Map(), twice: [] };

export function parseStructured(text: string | undefined): Structured {
  if (text === undefined) return none;
  const semicolon = text.indexOf(';');
  const value = withoutComments(semicolon === -1 ? text : text.slice(0, semicolon))
    .trim()
    .toLowerCase();
  if (semicolon === -1) return { ...none, value };
  const raw = new Map<string, string>();
  const twice: string[] = [];
  for (const [name, content] of pairsOf(text, semicolon + 1)) {
    const known = raw.get(name);
    if (known === undefined) raw.set(name, content);
    else if (known !== content) twice.push(name);
  }
  return { value, parameters: joined(raw), twice };
}

const withoutComments = (text: string): string =>
  text.includes('(') ? text.replace(/\([^()]*\)/g, ' ') : text;

const pair = /[\s;]*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"?|([^;]*))/y;

function* pairsOf(text: string, from: number): Iterable<readonly [string, string]> {
  pair.lastIndex = from;
  for (let count = 0; count < PARAMETERS; count += 1) {
    const at = pair.lastIndex;
    const found = pair.exec(text);
    if (found) {
      const quoted = found[2]?.replace(/\\([\s\S])/g, '$1');
      yield [found[1]!.toLowerCase(), quoted ?? withoutComments(found[3] ?? '').trim()];
      continue;
    }
    const next = text.indexOf(';', at + 1);
    if (next === -1) return;
    pair.lastIndex = next;
  }
}

/** `name*0*`, `name*1` … to `name`; `name*` has a charset in front. */
function joined(raw: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  const pieces = new Map<string, [number, boolean, string][]>();
  for (const [name, content] of raw) {
    const [, bare, index, star] = /^([^*]+)(?:\*(\d{1,3}))?(\*)?$/.exec(name) ?? [];
    if (bare === undefined || (index === undefined && star === undefined))
      all.set(name, decodeWords(content));
    else {
      const known = pieces.get(bare);
      const piece: [number, boolean, string] = [Number(index ?? 0), star !== undefined, content];
      if (known) known.push(piece);
      else pieces.set(bare, [piece]);
    }
  }
  // As mail programs do, the extended form counts where both are given.
  for (const [name, parts] of pieces) all.set(name, extended(parts.sort(([a], [b]) => a - b)));
  return all;
}

function extended(pieces: readonly (readonly [number, boolean, string])[]): string {
  const [first] = pieces;
  const [, charset = '', text] =
    first?.[1] === true ? (/^([^']*)'[^']*'([\s\S]*)$/.exec(first[2]) ?? []) : [];
  const octets = pieces.map(([, encoded, content], i) => {
    const piece = i === 0 && text !== undefined ? text : content;
    return encoded ? percentDecoded(piece) : Buffer.from(piece, 'utf8');
  });
  return decodeText(Buffer.concat(octets), charset).text;
}

const percentDecoded = (text: string): Buffer =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );

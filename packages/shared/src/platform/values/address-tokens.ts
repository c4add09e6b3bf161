/** A header field with addresses, taken apart (RFC 5322 §3.2, with the obsolete forms of §4.1 and RFC 6532). Linear. */

export interface Token {
  /** One of `< > @ , ; :` is of a kind of its own. Dots are part of atoms. */
  readonly kind:
    'atom' | 'quoted' | 'literal' | 'comment' | '<' | '>' | '@' | ',' | ';' | ':' | 'stray' | 'fault';
  /** As it stands: with quotes, brackets, parentheses. */
  readonly text: string;
  /** White space or a comment stands before it. */
  readonly isApart: boolean;
}

/**
 * What does not end is a `fault`, and so is a backslash before what it might quote. What only ends, or a backslash before a letter,
 * is `stray`: it stands in many a name.
 */
export function* tokensOf(text: string): Iterable<Token> {
  let isApart = false;
  let at = 0;
  while (at < text.length) {
    const from = at;
    const kind = kindAt(text, at);
    if (kind === 'space') at = endOf(text, at, isSpace);
    else if (kind === 'atom') at = endOf(text, at, isOfAtom);
    else if (kind === 'quoted' || kind === 'literal' || kind === 'comment')
      at = endOfEnclosed(text, at, kind);
    else at += 1;
    if (kind !== 'space')
      yield { kind: at > text.length ? 'fault' : kind, text: text.slice(from, at), isApart };
    isApart = kind === 'space' || kind === 'comment';
  }
}

function kindAt(text: string, at: number): Token['kind'] | 'space' {
  const character = text[at]!;
  if (isSpace(character)) return 'space';
  if (character === '"') return 'quoted';
  if (character === '[') return 'literal';
  if (character === '(') return 'comment';
  if (character === ')' || character === ']') return 'stray';
  if (character === '\\') return isOfAtom(text[at + 1] ?? '\\') ? 'stray' : 'fault';
  return isOfAtom(character) ? 'atom' : (character as '<');
}

const isSpace = (character: string): boolean => ' \t\r\n'.includes(character);

const isOfAtom = (character: string): boolean => !'()<>[]:;@\\,"'.includes(character) && !isSpace(character);

function endOf(text: string, from: number, belongs: (character: string) => boolean): number {
  let at = from + 1;
  while (at < text.length && belongs(text[at]!)) at += 1;
  return at;
}

/** Behind its last character; beyond the text where it does not end. */
function endOfEnclosed(text: string, from: number, kind: 'quoted' | 'literal' | 'comment'): number {
  const end = kind === 'quoted' ? '"' : kind === 'literal' ? ']' : ')';
  let depth = 1;
  let at = from + 1;
  for (; at < text.length && depth > 0; at += 1) {
    const character = text[at]!;
    if (character === '\\') at += 1;
    else if (character === end) depth -= 1;
    else if (kind === 'comment' && character === '(') depth += 1;
  }
  return depth > 0 ? text.length + 1 : at;
}

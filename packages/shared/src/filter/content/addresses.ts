/** Addresses in a field (RFC 5322 §3.4), with the names that a reader sees. Lenient, for what is there is to be shown. Pure. */
import { decodeWords } from '../mime/encoded-words.ts';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

export function mailboxesIn(value: string, most: number): readonly Mailbox[] {
  const found: Mailbox[] = [];
  for (const piece of piecesOf(value)) {
    if (found.length >= most) break;
    const mailbox = mailboxOf(piece);
    if (mailbox) found.push(mailbox);
  }
  return found;
}

/** Split at commas and semicolons outside quotes, comments and angle brackets; the name of a group is left out. */
function* piecesOf(value: string): Iterable<string> {
  let from = 0;
  let depth = 0;
  let quoted = false;
  let angle = false;
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at];
    if (character === '\\') at += 1;
    else if (quoted) quoted = character !== '"';
    else if (character === '"') quoted = true;
    else if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (character === '<') angle = true;
    else if (character === '>') angle = false;
    else if (!angle && character === ':') from = at + 1;
    else if (!angle && (character === ',' || character === ';')) {
      yield value.slice(from, at);
      from = at + 1;
    }
  }
  yield value.slice(from);
}

function mailboxOf(piece: string): Mailbox | undefined {
  const open = piece.lastIndexOf('<');
  if (open !== -1) {
    const close = piece.indexOf('>', open);
    const address = piece.slice(open + 1, close === -1 ? undefined : close).trim();
    return { name: nameOf(piece.slice(0, open)), address };
  }
  const comment = /\(([^()]*)\)/.exec(piece)?.[1] ?? '';
  const address = piece.replace(/\([^()]*\)/g, ' ').trim();
  return address === '' ? undefined : { name: nameOf(comment), address };
}

/** Quotes are taken off before encoded words are read, as mail programs do. */
const nameOf = (text: string): string =>
  decodeWords(text.replace(/\\([\s\S])/g, '$1').replaceAll('"', ''))
    .replace(/\s+/g, ' ')
    .trim();

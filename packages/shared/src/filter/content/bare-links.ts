/** Domains in text that mail programs make links of although no scheme stands before them: `evil.example/p`. Pure. */
import { isPublicName } from '../../platform/dns/registrable-domain.ts';

const NAME_CHARACTERS = 253;
const path = /(?::\d{1,5})?(?:[/?#][^\s<>"'`{}|\\^]*)?/y;
/** What no path, address or name of a file has before it. */
const mayPrecede = /(?:^|[^@\\/]|[\\/]{2}|:[\\/])$/;

/** Looks through stretches of one text, in order. The work is linear in the text, for no character is looked at anew. */
export class BareLinks {
  readonly #text: string;
  /** The next dot that was not looked at. */
  #dot: number;

  constructor(text: string) {
    this.#text = text;
    this.#dot = text.indexOf('.');
  }

  find(from: number, to: number, found: (link: string) => void): void {
    let start = from;
    if (this.#dot !== -1 && this.#dot < from) this.#dot = this.#text.indexOf('.', from);
    while (this.#dot !== -1 && this.#dot < to) {
      const dot = this.#dot;
      if (this.#isWithin(dot, start, to)) start = this.#name(dot, start, to, found);
      this.#dot = this.#text.indexOf('.', Math.max(dot + 1, start));
    }
  }

  /** Whether a dot stands between characters of a name. */
  #isWithin(at: number, from: number, to: number): boolean {
    return at > from && at + 1 < to && isOfName(this.#text, at - 1) && isOfName(this.#text, at + 1);
  }

  /** @returns where to go on */
  #name(dot: number, from: number, to: number, found: (link: string) => void): number {
    const text = this.#text;
    let start = dot;
    while (start > from && (isOfName(text, start - 1) || this.#isDot(start - 1, from, to))) start -= 1;
    let end = dot + 1;
    while (end < to && (isOfName(text, end) || this.#isDot(end, from, to))) end += 1;
    const past = end;
    while (isEdge(text[start])) start += 1;
    while (isEdge(text[end - 1])) end -= 1;
    if (end - start > NAME_CHARACTERS || !mayPrecede.test(text.slice(Math.max(0, start - 2), start)))
      return past;
    const name = text.slice(start, end);
    // The rest would be an address of mail.
    if ((text[past] === '@' && !this.#isShare(start, past)) || !isLinked(name)) return past;
    path.lastIndex = end;
    const rest = end === past ? (path.exec(text.slice(0, to))?.[0] ?? '') : '';
    found(name + rest);
    return Math.max(past, end + rest.length);
  }

  /** A share of Windows with its port: `\\\\host.example@80\\path`. */
  #isShare(start: number, past: number): boolean {
    const text = this.#text;
    return text.startsWith('\\\\', start - 2) && /^@(?:ssl|\d{1,5})[@\\/]/i.test(text.slice(past, past + 7));
  }

  #isDot(at: number, from: number, to: number): boolean {
    return this.#text[at] === '.' && this.#isWithin(at, from, to);
  }
}

function isOfName(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code > 0x7f) return /[\p{L}\p{M}\p{N}\p{Cs}]/u.test(text[at]!);
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x5f
  );
}

const isEdge = (character: string | undefined): boolean => character === '-' || character === '_';

/** The last label is one of the public suffixes, and no sentence begins there: `the end.So it is`. */
function isLinked(name: string): boolean {
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (last.length < 2 || /^\d/.test(last)) return false;
  if (/^[A-Z][a-z]/.test(last) || (/^[A-Z]+$/.test(last) && /[a-z]/.test(name))) return false;
  return isPublicName(name.toLowerCase());
}

/**
 * RTF reduced to the text that it shows, or to the HTML that Outlook wrapped in it (MS-OXRTFEX). The targets of links are
 * kept as text. One pass, linear in its length. Pure.
 */
import { decodeText } from '../mime/charset.ts';

export interface SeenRtf {
  readonly type: 'text/plain' | 'text/html';
  readonly text: string;
}

const token =
  /\\bin(\d{1,9}) ?|\\([a-z]{1,32})(-?\d{1,10})? ?|((?:\\'[0-9a-f]{2})+)|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\/giy;
const isHtml = /\\fromhtml/;
/** Octets in front of the text in which it is said to be HTML. */
const HEAD = 1_000;
/** Destinations whose text nobody sees. */
const unseen = new Set(
  'fonttbl colortbl stylesheet info pict mhtmltag xmlnstbl listtable listoverridetable generator'.split(' '),
);
const characters: ReadonlyMap<string, string> = new Map([
  ['par', '\n'],
  ['line', '\n'],
  ['row', '\n'],
  ['cell', '\t'],
  ['tab', '\t'],
  ['lquote', '‘'],
  ['rquote', '’'],
  ['ldblquote', '“'],
  ['rdblquote', '”'],
  ['bullet', '•'],
  ['endash', '–'],
  ['emdash', '—'],
]);

/** What holds for a group. */
interface Group {
  readonly isUnseen: boolean;
  /** It is HTML as it stands. */
  readonly isTag: boolean;
  /** Between `\htmlrtf` and `\htmlrtf0`: only for programs that show RTF. */
  readonly isRtfOnly: boolean;
  /** Characters behind `\u` for programs that do not know it. */
  readonly replacements: number;
}

/** @param codePageCharset the charset of a code page */
export function seeRtf(octets: Buffer, charsetOf: (codePage: number) => string): SeenRtf {
  const rtf = octets.toString('latin1');
  const seeing = new Seeing(isHtml.test(rtf.slice(0, HEAD)), charsetOf);
  token.lastIndex = 0;
  for (let found = token.exec(rtf); found; found = token.exec(rtf)) {
    const [, binary, word, parameter, hex, symbol, brace, text] = found;
    if (binary !== undefined) token.lastIndex += Number(binary);
    else if (word !== undefined) seeing.word(word.toLowerCase(), parameter);
    else if (hex !== undefined) seeing.octets(Buffer.from(hex.replaceAll("\\'", ''), 'hex'));
    else if (symbol !== undefined) seeing.symbol(symbol);
    else if (brace === '{') seeing.open();
    else if (brace === '}') seeing.close();
    else if (text !== undefined) seeing.octets(Buffer.from(text, 'latin1'));
  }
  return seeing.seen();
}

class Seeing {
  readonly #isHtml: boolean;
  readonly #charsetOf: (codePage: number) => string;
  readonly #out: string[] = [];
  readonly #outer: Group[] = [];
  #group: Group = { isUnseen: false, isTag: false, isRtfOnly: false, replacements: 1 };
  /** `\*` stood in front: a destination that is not known is passed over. */
  #isOptional = false;
  #toSkip = 0;
  #charset = '';

  constructor(isHtml: boolean, charsetOf: (codePage: number) => string) {
    this.#isHtml = isHtml;
    this.#charsetOf = charsetOf;
  }

  seen(): SeenRtf {
    return { type: this.#isHtml ? 'text/html' : 'text/plain', text: this.#out.join('') };
  }

  open(): void {
    this.#outer.push(this.#group);
    this.#isOptional = false;
    this.#toSkip = 0;
  }

  close(): void {
    const group = this.#outer.pop();
    if (group) this.#group = group;
    this.#isOptional = false;
    this.#toSkip = 0;
  }

  word(word: string, parameter: string | undefined): void {
    if (word === 'u') return this.#unicode(Number(parameter ?? 0));
    if (word === 'uc') this.#change({ replacements: Math.max(0, Number(parameter ?? 1)) });
    else if (word === 'ansicpg') this.#charset = this.#charsetOf(Number(parameter ?? 0));
    else if (word === 'htmlrtf') this.#change({ isRtfOnly: parameter !== '0' });
    else if (word === 'htmltag') this.#change({ isTag: true, isUnseen: false });
    else if (unseen.has(word) || (this.#isOptional && word !== 'fldinst')) this.#change({ isUnseen: true });
    else this.#show(characters.get(word) ?? '');
    this.#isOptional = false;
  }

  symbol(symbol: string): void {
    if (symbol === '*') this.#isOptional = true;
    else if (symbol === '~') this.#show('\u00a0');
    else if (symbol === '\n' || symbol === '\r') this.#show('\n');
    else if (symbol !== '-' && symbol !== ':' && symbol !== '|') this.#show(symbol === '_' ? '-' : symbol);
  }

  octets(octets: Buffer): void {
    const from = Math.min(this.#toSkip, octets.length);
    this.#toSkip -= from;
    if (this.#isShown) this.#show(decodeText(octets.subarray(from), this.#charset).text);
  }

  #unicode(unit: number): void {
    this.#show(String.fromCharCode(unit & 0xffff));
    this.#toSkip = this.#group.replacements;
  }

  #change(to: Partial<Group>): void {
    this.#group = { ...this.#group, ...to };
  }

  get #isShown(): boolean {
    const { isUnseen, isTag, isRtfOnly } = this.#group;
    return !isUnseen && (isTag || !this.#isHtml || !isRtfOnly);
  }

  #show(text: string): void {
    if (text !== '' && this.#isShown)
      this.#out.push(this.#isHtml && !this.#group.isTag ? text.replace(/[&<>]/g, escaped) : text);
  }
}

const escaped = (character: string): string => `&#${character.charCodeAt(0)};`;

/**
 * HTML reduced to what a reader sees, with the URLs it leads to. One pass, linear in its length; as lenient as a browser
 * in what it takes for a tag. Text that is made invisible by attributes is counted, not shown; style sheets are not
 * applied. Pure; the home of entities.
 */
import { decodeHTML, decodeHTMLAttribute } from 'entities';

export interface SeenHtml {
  readonly text: string;
  readonly urls: readonly string[];
  /** Letters and digits that are made invisible. */
  readonly hidden: number;
}

/** Elements whose content is not text. */
const silent = new Set([
  'script',
  'style',
  'title',
  'template',
  'textarea',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
]);
const empty = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'wbr',
]);
const breaks = new Set(
  (
    'br p div tr li ul ol dl dt dd h1 h2 h3 h4 h5 h6 table hr blockquote pre section article header footer center ' +
    'body option'
  ).split(' '),
);
const attribute = /[\s/]*([^\s"'>/=][^\s>/=]{0,99})(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;
const nameOfTag = /<(\/?)([a-z][^\s/>]{0,30})[^\s/>]*/iy;
const link = new Set(['href', 'src', 'action', 'background', 'formaction', 'data', 'poster', 'xlink:href']);
const invisible = new RegExp(
  String.raw`display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|` +
    String.raw`(?:font-size|max-height|opacity)\s*:\s*0(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$)`,
  'i',
);
/** Attributes of one tag that are looked at. */
const ATTRIBUTES = 100;
const URLS = 1_000;

export function seeHtml(html: string): SeenHtml {
  const seeing = new Seeing(html);
  seeing.run();
  const text = seeing.out.replace(/\s+/g, (blank) => (blank.includes('\n') ? '\n' : ' ')).trim();
  return { text, urls: seeing.urls, hidden: seeing.hidden };
}

class Seeing {
  out = '';
  hidden = 0;
  readonly urls: string[] = [];
  readonly #html: string;
  #at = 0;
  /** The invisible element that is open, and how many of its name are open within it. */
  #veil: { readonly name: string; depth: number } | undefined;

  constructor(html: string) {
    this.#html = html;
  }

  run(): void {
    const html = this.#html;
    while (this.#at < html.length) {
      const open = html.indexOf('<', this.#at);
      const end = open === -1 ? html.length : open;
      if (end > this.#at) this.#text(html.slice(this.#at, end));
      if (open === -1) return;
      this.#markup(open);
    }
  }

  #text(raw: string): void {
    const text = raw.includes('&') ? decodeHTML(raw) : raw;
    if (this.#veil) this.hidden += text.replace(/[^\p{L}\p{N}]+/gu, '').length;
    // Line ends of the source are blanks; those that are seen come from elements.
    else this.out += /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ') : text;
  }

  #markup(open: number): void {
    const html = this.#html;
    nameOfTag.lastIndex = open;
    const found = nameOfTag.exec(html);
    if (found) {
      this.#at = nameOfTag.lastIndex;
      this.#tag(found[2]!.toLowerCase(), found[1] === '/');
      return;
    }
    const next = html[open + 1];
    if (html.startsWith('<!--', open)) this.#at = after(html, '-->', open + 4);
    else if (next === '!' || next === '?' || next === '/') this.#at = after(html, '>', open + 2);
    else {
      this.#text('<');
      this.#at = open + 1;
    }
  }

  #tag(name: string, closes: boolean): void {
    const hides =
      this.#html[this.#at] === '>' ? this.#plainEnd() : this.#attributes(closes) && !empty.has(name);
    if (closes) this.#close(name);
    else if (this.#veil) this.#veil.depth += this.#veil.name === name ? 1 : 0;
    else if (hides) this.#veil = { name, depth: 1 };
    if (this.#veil) return;
    if (breaks.has(name)) this.out += '\n';
    else if (name === 'td' || name === 'th') this.out += ' ';
    if (!closes && silent.has(name)) this.#skip(name);
  }

  /** Of a tag without attributes. */
  #plainEnd(): false {
    this.#at += 1;
    return false;
  }

  #close(name: string): void {
    if (this.#veil?.name !== name) return;
    this.#veil.depth -= 1;
    if (this.#veil.depth === 0) this.#veil = undefined;
  }

  /** To the end of the tag; whether one of its attributes makes it invisible. */
  #attributes(closes: boolean): boolean {
    const html = this.#html;
    let hides = false;
    for (let count = 0; count < ATTRIBUTES; count += 1) {
      attribute.lastIndex = this.#at;
      const found = attribute.exec(html);
      if (!found) break;
      this.#at = attribute.lastIndex;
      if (closes) continue;
      const name = found[1]!.toLowerCase();
      const value = found[2] ?? found[3] ?? found[4] ?? '';
      if (name === 'style') hides ||= invisible.test(value);
      else if (name === 'hidden') hides = true;
      else if (name === 'content') this.#url(/\burl\s*=\s*['"]?([^'"]+)/i.exec(value)?.[1] ?? '');
      else if (link.has(name)) this.#url(value);
    }
    this.#at = after(html, '>', this.#at);
    return hides;
  }

  #url(value: string): void {
    if (value === '' || this.urls.length >= URLS) return;
    const url = (value.includes('&') ? decodeHTMLAttribute(value) : value).replace(/[\t\r\n]/g, '').trim();
    if (/^(?:https?|ftp):/i.test(url)) this.urls.push(url);
    else if (/^[/\\]{2}[^/\\]/.test(url)) this.urls.push(`http:${url}`);
  }

  #skip(name: string): void {
    const end = new RegExp(`</${name}`, 'gi');
    end.lastIndex = this.#at;
    this.#at = end.exec(this.#html)?.index ?? this.#html.length;
  }
}

const after = (html: string, mark: string, from: number): number => {
  const at = html.indexOf(mark, from);
  return at === -1 ? html.length : at + mark.length;
};

/**
 * HTML reduced to what a reader sees, with the URLs it leads to. Linear in its length. Where browsers and mail programs
 * differ, what any of them shows is read: what is behind a comment that is not closed, in conditional comments of Outlook, in
 * markup within attributes. Text that is made invisible by attributes is counted, not shown; style sheets are not applied.
 * Pure; the home of entities.
 */
import { decodeHTML, decodeHTMLAttribute } from 'entities';
import { readAttributes } from './html-attributes.ts';
import { meaningOfAttribute, refreshTarget, styleTargets, type Meaning } from './html-links.ts';
import { documentIn, percentDecoded, webUrl, webUrlFrom } from './web-url.ts';

export interface SeenHtml {
  readonly text: string;
  readonly urls: Iterable<string>;
  /** Text that not every program shows, alternative texts, and links without a scheme: here too URLs may stand. */
  readonly aside: string;
  /** Letters and digits that are made invisible. */
  readonly hidden: number;
  /** The first thing that programs read differently. */
  readonly ambiguity?: string;
}

/** Elements whose content is no markup, and is not shown. */
const raw = new Set(['script', 'style', 'title']);
/** Elements whose content few programs show. */
const aside = new Set(['template', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes', 'xml']);
const empty = new Set(
  'area base br col embed frame hr img input link meta param source track wbr'.split(' '),
);
const breaks = new Set(
  (
    'br p div tr li ul ol dl dt dd h1 h2 h3 h4 h5 h6 table hr blockquote pre section article header footer center ' +
    'body option'
  ).split(' '),
);
const nameOfTag = /<(\/?)([a-z][^\s\0-\x1f/>]{0,30})[^\s\0-\x1f/>]*/iy;
const conditional = /<!--\s*\[if[^\]>]{0,200}\]>/iy;
const endOfComment = /--!?>/g;
const invisible = new RegExp(
  String.raw`display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|` +
    String.raw`(?:font-size|max-height|opacity)\s*:\s*0(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$)`,
  'i',
);
/** Attributes of one tag that no program of mail exceeds. */
const ATTRIBUTES = 100;
/** Documents within each other: conditional comments, markup in attributes, `srcdoc` and `data:`. */
const DEPTH = 3;
/** Of a value that is no URL of the web. */
const VALUE_CHARACTERS = 4_096;

/** What is gathered from a document and those within it. */
class Gathered {
  out = '';
  hidden = 0;
  readonly aside: string[] = [];
  readonly urls = new Set<string>();
  base: string | undefined;
  ambiguity: string | undefined;
}

export function seeHtml(html: string): SeenHtml {
  const seen = new Gathered();
  // Programs drop NUL, or take it for a blank, which reading the attributes does not need.
  new Seeing(html.includes('\0') ? html.replaceAll('\0', '') : html, seen, 0, false).run();
  return {
    text: seen.out.replace(/\s+/g, (blank) => (blank.includes('\n') ? '\n' : ' ')).trim(),
    urls: seen.urls,
    aside: seen.aside.join('\n'),
    hidden: seen.hidden,
    ...(seen.ambiguity !== undefined && { ambiguity: seen.ambiguity }),
  };
}

class Seeing {
  readonly #html: string;
  readonly #seen: Gathered;
  readonly #depth: number;
  #at = 0;
  /** Whether text is not shown by every program. */
  #isAside: boolean;
  /** The invisible element that is open, and how many of its name are open within it. */
  #veil: { readonly name: string; readonly isHidden: boolean; depth: number } | undefined;
  /** Marks that do not occur again, so that each is looked for once. */
  readonly #missing = new Set<string>();

  constructor(html: string, seen: Gathered, depth: number, isAside: boolean) {
    this.#html = html;
    this.#seen = seen;
    this.#depth = depth;
    this.#isAside = isAside;
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

  #text(written: string): void {
    const text = written.includes('&') ? decodeHTML(written) : written;
    if (this.#veil?.isHidden) this.#seen.hidden += text.replace(/[^\p{L}\p{N}]+/gu, '').length;
    if (this.#veil || this.#isAside) this.#seen.aside.push(text);
    // Line ends of the source are blanks; those that are seen come from elements.
    else this.#seen.out += /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ') : text;
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
    if (html.startsWith('<!--', open)) this.#comment(open);
    else if (html.startsWith('<![CDATA[', open)) this.#at = open + 9;
    else if (next === '!' || next === '?' || next === '/') this.#bogusComment(open + 2);
    else {
      this.#text('<');
      this.#at = open + 1;
    }
  }

  #comment(open: number): void {
    const html = this.#html;
    conditional.lastIndex = open;
    const isConditional = conditional.test(html);
    const from = isConditional ? conditional.lastIndex : open + 4;
    const isEmpty = html[from] === '>' || html.startsWith('->', from);
    if (isEmpty && !isConditional) {
      this.#at = html.indexOf('>', from) + 1;
      return;
    }
    // The two hyphens that begin a comment may end it too: `<!--->`.
    const end = this.#find('-->', endOfComment, from);
    if (end === undefined) {
      this.#at = from;
      if (!isConditional) this.#goOnAside('a comment is not closed');
      return;
    }
    if (isConditional) this.#within(html.slice(from, end), this.#isAside);
    this.#at = html.indexOf('>', end) + 1;
  }

  #bogusComment(from: number): void {
    const close = this.#html.indexOf('>', from);
    const end = close === -1 ? this.#html.length : close;
    const inner = this.#html.indexOf('<', from);
    if (inner !== -1 && inner < end) this.#within(this.#html.slice(inner, end + 1), true);
    this.#at = end + 1;
  }

  #tag(name: string, closes: boolean): void {
    const hides = this.#attributes(name) && !closes && !empty.has(name);
    if (closes) this.#close(name);
    else if (this.#veil) this.#veil.depth += this.#veil.name === name ? 1 : 0;
    else if (hides) this.#veil = { name, isHidden: true, depth: 1 };
    else if (aside.has(name)) this.#veil = { name, isHidden: false, depth: 1 };
    if (!closes && raw.has(name)) this.#raw(name);
    if (this.#veil || this.#isAside) return;
    if (breaks.has(name)) this.#seen.out += '\n';
    else if (name === 'td' || name === 'th') this.#seen.out += ' ';
  }

  #close(name: string): void {
    if (this.#veil?.name !== name) return;
    this.#veil.depth -= 1;
    if (this.#veil.depth === 0) this.#veil = undefined;
  }

  /** To the end of the tag; whether one of its attributes makes it invisible. */
  #attributes(tag: string): boolean {
    const html = this.#html;
    if (html[this.#at] === '>') {
      this.#at += 1;
      return false;
    }
    const { attributes, end } = readAttributes(html, this.#at);
    if (attributes.length > ATTRIBUTES) this.#note(`a tag has ${attributes.length} attributes`);
    let hides = false;
    let hasMarkup = false;
    let href: string | undefined;
    for (const [name, written] of attributes) {
      hides ||= name === 'hidden';
      const meaning = meaningOfAttribute(name);
      hasMarkup ||= written.includes('<');
      if (meaning === undefined || written === '') continue;
      const value = written.includes('&') ? decodeHTMLAttribute(written) : written;
      if (meaning === 'style') hides ||= invisible.test(value);
      this.#value(meaning, value);
      if (name !== 'href') continue;
      if (href !== undefined && href !== value) this.#note('a tag has two links');
      href ??= value;
    }
    if (tag === 'base' && href !== undefined) this.#seen.base ??= href;
    // A program that ends the tag, or a quote, elsewhere takes this for elements.
    if (hasMarkup) this.#within(html.slice(html.indexOf('<', this.#at), end + 1), true);
    this.#at = end + 1;
    return hides;
  }

  #value(meaning: Meaning, value: string): void {
    switch (meaning) {
      case 'link':
        return this.#link(value);
      case 'links':
        for (const link of value.split(/[\s,]+/)) this.#link(link);
        return;
      case 'style':
        return this.#style(value);
      case 'refresh':
        return this.#link(refreshTarget(value));
      case 'document':
        return this.#within(value, true);
      case 'text':
        this.#seen.aside.push(value);
        return;
    }
  }

  #style(css: string): void {
    for (const link of styleTargets(css)) this.#link(link);
  }

  #link(value: string): void {
    // As browsers do: https://url.spec.whatwg.org/#concept-basic-url-parser
    const link = /[\0-\x20]/.test(value) ? value.replace(/^[\0-\x20]+|[\t\r\n]+/g, '').trimEnd() : value;
    const url = webUrl(link);
    if (url !== undefined) {
      this.#seen.urls.add(url);
      // Another URL within may not survive being normalised.
      if (url !== link) this.#seen.aside.push(link.slice(0, VALUE_CHARACTERS));
      return;
    }
    if (link === '' || /^(?:#|cid:|mailto:)/i.test(link)) return;
    const document = documentIn(link);
    if (document !== undefined) return this.#within(document, true);
    if (/^data:/i.test(link)) return;
    const resolved = this.#seen.base === undefined ? undefined : webUrlFrom(link, this.#seen.base);
    if (resolved !== undefined) this.#seen.urls.add(resolved);
    this.#seen.aside.push(percentDecoded(link.slice(0, VALUE_CHARACTERS)));
  }

  #within(html: string, isAside: boolean): void {
    if (this.#depth < DEPTH) new Seeing(html, this.#seen, this.#depth + 1, isAside).run();
    else this.#seen.aside.push(html);
  }

  /** Past the content of an element that holds no markup. */
  #raw(name: string): void {
    const isLookedFor = !this.#missing.has(name);
    const end = this.#find(name, new RegExp(`</${name}`, 'gi'), this.#at);
    if (name === 'style' && isLookedFor) this.#style(this.#html.slice(this.#at, end));
    if (end === undefined) this.#goOnAside(`${name} is not closed`);
    else this.#at = end;
  }

  /** Where a mark stands; each that is missing is looked for once. */
  #find(name: string, mark: RegExp, from: number): number | undefined {
    if (this.#missing.has(name)) return undefined;
    mark.lastIndex = from;
    const found = mark.exec(this.#html);
    if (!found) this.#missing.add(name);
    return found?.index;
  }

  /** Browsers show nothing of the rest, other programs do. */
  #goOnAside(reason: string): void {
    this.#isAside = true;
    this.#note(reason);
  }

  #note(ambiguity: string): void {
    if (this.#depth === 0) this.#seen.ambiguity ??= ambiguity;
  }
}

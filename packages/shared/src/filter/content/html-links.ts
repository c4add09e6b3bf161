/** Which attributes of HTML and VML lead to URLs, and the URLs in style sheets. Pure. */

export type Meaning = 'link' | 'links' | 'style' | 'refresh' | 'document' | 'text';

const named = {
  /** One URL. */
  link:
    'href src action formaction background data poster cite longdesc codebase classid lowsrc dynsrc ' +
    'manifest profile icon base',
  /** Several URLs, with descriptors between those of srcset. */
  links: 'srcset imagesrcset ping archive',
  /** Text that may be seen, or that holds a URL. */
  text: 'alt value placeholder',
  style: 'style',
  refresh: 'content',
  document: 'srcdoc',
} as const satisfies Readonly<Record<Meaning, string>>;

const meanings = new Map<string, Meaning>();
for (const meaning of Object.keys(named) as Meaning[])
  for (const name of named[meaning].split(' ')) meanings.set(name, meaning);

/** What a value is to be read as, whatever the namespace (`o:href`, `xlink:href`); undefined where it leads nowhere. */
export const meaningOfAttribute = (name: string): Meaning | undefined =>
  meanings.get(name) ??
  (name.includes(':') ? meanings.get(name.slice(name.lastIndexOf(':') + 1)) : undefined);

/** The URL of `<meta http-equiv=refresh content="0; url=…">`; browsers do not need the `url=`. */
export const refreshTarget = (value: string): string =>
  /^\s*[\d.]+[;,\s](.*)/s
    .exec(value)?.[1]
    ?.replace(/^[\s;,]+/, '')
    .replace(/^url\s*=\s*/i, '')
    .replace(/^['"]/, '') ??
  /\burl\s*=\s*['"]?([^'"]+)/i.exec(value)?.[1] ??
  '';

const inStyle = /(?:\burl\(\s*|@import\s+)(?:"([^"]*)"|'([^']*)'|((?:\\[\da-f]{1,6}\s|[^\s"');])+))/gi;

/** The URLs of a style sheet or a style attribute: `url(…)` and `@import "…"`. */
export function* styleTargets(css: string): Iterable<string> {
  yield* targetsIn(css);
  // The names may be escaped too: `\75rl(…)`.
  if (css.includes('\\')) yield* targetsIn(css.replace(escape, unescapedCss));
}

function* targetsIn(css: string): Iterable<string> {
  if (/url\(|@import/i.test(css))
    for (const [, double, single, bare = ''] of css.matchAll(inStyle))
      yield (double ?? single ?? bare).replace(escape, unescapedCss);
  if (css.includes('://')) for (const [, url] of css.matchAll(quotedUrl)) yield url!;
}

/** As `image-set("…" 1x)` has it. */
const quotedUrl = /["']((?:https?|ftp):[^"'\s]{1,2000})["']/gi;

/** CSS Syntax Level 3 §4.3.7. */
const escape = /\\(?:([0-9a-f]{1,6})\s?|(.))/gi;

const unescapedCss = (_: string, hex: string | undefined, other: string | undefined): string => {
  const code = parseInt(hex ?? '', 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : (other ?? '');
};

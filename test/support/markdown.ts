/** Headings and links of a Markdown document, as GitHub reads them. Code blocks have neither. */
export interface MarkdownLink {
  /** Path without the fragment; '' for the same document. */
  readonly path: string;
  readonly fragment: string | undefined;
}

const withoutCode = (text: string): string =>
  text.replace(/^ *```[^]*?^ *```$/gm, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''));

/** Links to other files of the checkout. */
export const linksIn = (text: string): MarkdownLink[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]*)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', fragment] = target.split('#');
      return { path, fragment };
    });

export const anchorsIn = (text: string): string[] =>
  [...withoutCode(text).matchAll(/^#{1,6} (.*)$/gm)].map(([, title = '']) => anchorOf(title));

const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

/** The attributes of a tag, as lenient as the most lenient mail program. Linear. Pure. */

/**
 * One attribute and what separates it from the one before. Control characters, slashes and stray quotes separate attributes. A
 * name of more than 100 characters is read in pieces. A quote that is not closed is part of an unquoted value.
 */
const attribute =
  /[\s\0-\x1f/"'=]*([^\s\0-\x1f>/="']{1,100})(?:[\s\0-\x1f]*=[\s\0-\x1f]*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;

/** Names in lower case with values as written, and where the tag's `>` stands, or the end of the document. */
export interface Attributes {
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly end: number;
}

export function readAttributes(html: string, from: number): Attributes {
  const attributes: [string, string][] = [];
  attribute.lastIndex = from;
  let end = from;
  for (let match = attribute.exec(html); match; match = attribute.exec(html)) {
    end = attribute.lastIndex;
    attributes.push([match[1]!.toLowerCase(), match[2] ?? match[3] ?? unquoted(match[4] ?? '')]);
  }
  const close = html.indexOf('>', end);
  return { attributes, end: close === -1 ? html.length : close };
}

/** Without the quote that is not closed. */
const unquoted = (value: string): string =>
  value.startsWith('"') || value.startsWith("'") ? value.slice(1) : value;

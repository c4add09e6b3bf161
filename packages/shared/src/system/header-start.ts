/** A few fields of a header section, read from the first octets of a message without looking at the rest. */

/** No field is looked for beyond these octets. */
export const HEADER_BYTES = 16 * 1024;

const LONGEST_VALUE = 500;

/**
 * The first field of each name, unfolded and shortened, as it stands there; '' where there is none.
 * @param start the first octets of a message, of which at most `HEADER_BYTES` are looked at
 */
export function fieldsIn<N extends string>(start: Buffer, names: readonly N[]): Record<N, string> {
  const end = start.indexOf('\r\n\r\n');
  const text = `\n${start.toString('utf8', 0, Math.min(end < 0 ? start.length : end, HEADER_BYTES))}`;
  const lower = text.toLowerCase();
  return Object.fromEntries(names.map((name) => [name, valueOf(text, lower, name)])) as Record<N, string>;
}

function valueOf(text: string, lower: string, name: string): string {
  const key = `\n${name.toLowerCase()}:`;
  const at = lower.indexOf(key);
  if (at < 0) return '';
  const from = at + key.length;
  const end = /\n(?![ \t])/.exec(text.slice(from, from + 4 * LONGEST_VALUE))?.index;
  return text
    .slice(from, from + (end ?? 4 * LONGEST_VALUE))
    .replace(/\r?\n[ \t]+/g, ' ')
    .trim()
    .slice(0, LONGEST_VALUE);
}

/** Text whose lines are broken for transport. Pure. */
import type { Structured } from './parameters.ts';

const inBrackets = /<(?:URL:)?((?:https?|ftp):\/\/[^<>]{1,2000})>/gi;

/** A blank at the end of a line and what quotes or stuffs the next one; the line of a signature is no flowed one. */
const flowed = /(?<!^(?:>+ ?)?--) \r?\n(?:>+ ?| )?/gm;

/** Links in angle brackets that go on in the next line (RFC 3986 appendix C), joined. */
export function* brokenLinks(text: string): Iterable<string> {
  if (!text.includes('<')) return;
  for (const [, link] of text.matchAll(inBrackets)) if (/[\r\n]/.test(link!)) yield link!.replace(/\s+/g, '');
}

/** @returns the text with its lines joined, undefined where they are not broken: RFC 3676 §4 */
export function joinedLines({ parameters }: Structured, text: string): string | undefined {
  const isFlowed = (name: string, wanted: string): boolean =>
    parameters.get(name)?.trim().toLowerCase() === wanted;
  return parameters.has('delsp') && isFlowed('delsp', 'yes') && isFlowed('format', 'flowed')
    ? text.replace(flowed, '')
    : undefined;
}

/** Text whose lines are broken for transport. Pure. */
import type { Structured } from './parameters.ts';

/** A blank at the end of a line and what quotes or stuffs the next one; the line of a signature is no flowed one. */
const flowed = /(?<!^(?:>+ ?)?--) \r?\n(?:>+ ?| )?/gm;
const folded = /\r?\n[ \t]/g;

/** @returns the text with its lines joined, undefined where they are not broken: RFC 3676 §4, RFC 5545 §3.1, RFC 6350 §3.2 */
export function joinedLines({ value, parameters }: Structured, text: string): string | undefined {
  if (value === 'text/calendar' || value === 'text/vcard' || value === 'text/x-vcard')
    return text.replace(folded, '');
  const isFlowed = (name: string, wanted: string): boolean =>
    parameters.get(name)?.trim().toLowerCase() === wanted;
  return parameters.has('delsp') && isFlowed('delsp', 'yes') && isFlowed('format', 'flowed')
    ? text.replace(flowed, '')
    : undefined;
}

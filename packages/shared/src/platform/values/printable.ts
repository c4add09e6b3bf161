/**
 * Text of strangers, fit for a terminal, a log, a reply or a report. What steers a terminal or hides what a text says is written
 * out as `\u202e`: control characters (C0, DEL, C1), format characters (bidirectional controls, zero width), line and paragraph
 * separators, halves of surrogate pairs. In the text of a JSON document that is the same value.
 */

/** Printable ASCII is looked for first: it is nearly all there is. */
const ODD = /[^ -~]/;
const ODD_IN_LINES = /[^\n\t -~]/;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const HIDDEN_IN_LINES = /[^\n\t\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const written = (hidden: string): string =>
  hidden
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** For one line, or a part of it: line ends are written out too. */
export const visible = (text: string): string => (ODD.test(text) ? text.replace(HIDDEN, written) : text);

/** For several lines, each of them fit already: line ends and tabs stay. Also for JSON. */
export const visibleLines = (text: string): string =>
  ODD_IN_LINES.test(text) ? text.replace(HIDDEN_IN_LINES, written) : text;

/** For one line, cut. */
export const printable = (text: string, most = 200): string => visible(text.slice(0, most));

/** The same for a reply of SMTP, which is ASCII. */
export const printableAscii = (text: string, most = 60): string =>
  text.slice(0, most).replace(/[^ -~]/g, '?');

/** Content-Type in each way that programs read it (RFC 2045 §5). Pure. */
import type { Notes } from './notes.ts';
import { parseStructured, withoutComments, type Structured } from './parameters.ts';

/** `text` alone is usual in old mail, and all programs take it for text/plain. */
const wellFormed = /^(?:[\w!#$&^.+'*%~-]+\/[\w!#$&^.+'*%~-]+|text)$/;
const named =
  /(text|multipart|message|application|image|audio|video)(?![\w-])(?:\s{0,20}\/\s{0,20}([\w.+-]{1,100}))?/;
const usualSubtype: Readonly<Record<string, string>> = {
  text: 'plain',
  multipart: 'mixed',
  message: 'rfc822',
};
const BOUNDARIES = 3;

/** Some programs look for the word alone: `x-multipart/mixed`. */
const isNearlyMultipart = (value: string): boolean => /^[^/]+multipart\//.test(value);

/** @returns one where all programs agree; at most five */
export function typesOf(text: string, notes: Notes): readonly Structured[] {
  const type = parseStructured(text);
  const { value } = type;
  if (wellFormed.test(value) && !isNearlyMultipart(value))
    return value.startsWith('multipart/') ? byBoundary(type, notes) : [type];
  if (text.trim() === '') return [type];
  notes.fault('odd-content-type', text);
  const [, top, subtype] = named.exec(withoutComments(text).toLowerCase()) ?? [];
  const meant = /html/i.test(value)
    ? 'text/html'
    : top === undefined
      ? 'text/plain'
      : `${top}/${subtype ?? usualSubtype[top] ?? 'octet-stream'}`;
  const isMultipart = meant.startsWith('multipart/');
  const asLeaf = { ...type, value: isMultipart ? 'text/plain' : meant };
  const asFile = { ...type, value: 'application/octet-stream' };
  if (!type.parameters.has('boundary')) return [asLeaf, asFile];
  return [...byBoundary({ ...type, value: isMultipart ? meant : 'multipart/mixed' }, notes), asLeaf, asFile];
}

/** One for each boundary that programs may take. */
function byBoundary(type: Structured, notes: Notes): readonly Structured[] {
  const others = type.others.get('boundary');
  if (!others) return [type];
  notes.fault('two-boundaries', type.value);
  const { parameters } = type;
  return [
    type,
    ...others.slice(0, BOUNDARIES - 1).map((boundary) => ({
      ...type,
      parameters: new Map([...parameters, ['boundary', boundary]]),
    })),
  ];
}

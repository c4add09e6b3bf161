/**
 * The mailboxes in From as a reader sees them (RFC 5322 §3.4), encoded words decoded (RFC 2047). Lenient and bounded:
 * whatever stands there, something comes out.
 */
import type { Field } from './header-section.ts';
import { valueOf } from './header-section.ts';

const MAILBOXES = 10;
const CHARACTERS = 4_096;
const NAME_CHARACTERS = 300;

export interface Mailbox {
  readonly name: string;
  /** As it stands; '' where there is none. */
  readonly address: string;
}

export function mailboxesIn(fields: readonly Field[]): readonly Mailbox[] {
  return fields
    .filter(({ name }) => name === 'from')
    .flatMap((field) => split(utf8(valueOf(field).slice(0, CHARACTERS))))
    .slice(0, MAILBOXES)
    .map(mailboxOf);
}

/** Octets kept as Latin-1 are UTF-8, if they can be (RFC 6532). */
function utf8(text: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

/** At commas, semicolons and the colon of a group, outside of quotes, comments and angle brackets. */
function split(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let closing = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '\\') {
      part += character + (text[++i] ?? '');
      continue;
    }
    if (closing === '' && (character === ',' || character === ';')) {
      parts.push(part);
      part = '';
      continue;
    }
    if (closing === '') closing = { '"': '"', '(': ')', '<': '>' }[character] ?? '';
    else if (character === closing) closing = '';
    part += character;
  }
  return [...parts, part].filter((each) => each.trim() !== '');
}

function mailboxOf(text: string): Mailbox {
  const open = text.lastIndexOf('<');
  if (open >= 0) {
    const address = text
      .slice(open + 1)
      .replace(/>.*$/s, '')
      .trim();
    return { name: readable(text.slice(0, open)), address: address.slice(0, NAME_CHARACTERS) };
  }
  const comment = /\(([^()]*)\)/.exec(text)?.[1] ?? '';
  const address = text.replace(/\([^()]*\)/g, '').trim();
  return { name: readable(comment), address: address.slice(0, NAME_CHARACTERS) };
}

const readable = (name: string): string =>
  decodeWords(name)
    .replace(/\\(.)/g, '$1')
    .replace(/^\s*"|"\s*$/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, NAME_CHARACTERS);

/** Encoded words, those side by side without the space between them. */
export const decodeWords = (text: string): string =>
  text
    .replace(/(=\?[^?\s]{1,40}\?[bq]\?[^?\s]*\?=)\s+(?==\?[^?\s]{1,40}\?[bq]\?)/gi, '$1')
    .replace(
      /=\?([^?\s*]{1,40})(?:\*[^?\s]*)?\?([bq])\?([^?\s]*)\?=/gi,
      (word, charset: string, encoding: string, encoded: string) =>
        decodeWord(charset, encoding, encoded) ?? word,
    );

function decodeWord(charset: string, encoding: string, encoded: string): string | undefined {
  const octets =
    encoding.toLowerCase() === 'b'
      ? Buffer.from(encoded, 'base64')
      : Buffer.from(
          encoded
            .replace(/_/g, ' ')
            .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
          'latin1',
        );
  try {
    return new TextDecoder(charset).decode(octets);
  } catch {
    return undefined;
  }
}

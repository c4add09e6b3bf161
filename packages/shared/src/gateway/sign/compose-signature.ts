/**
 * A field that signs a message: DKIM-Signature (RFC 6376 §3.5) or ARC-Message-Signature (RFC 8617 §4.1.2), relaxed in
 * header and body, over the whole body. Pure: the same key, message and time give the same field, RSA and Ed25519 alike.
 */
import { coveredFields } from './signed-fields.ts';
import type { Covered } from './signed-fields.ts';
import { relaxedValue } from './header-fields.ts';
import type { HeaderField } from './header-fields.ts';
import { signData } from './signing-key.ts';
import type { SigningKey } from './signing-key.ts';

export interface Signable {
  /** All of the message, top first. */
  readonly fields: readonly HeaderField[];
  /** Of `BodyHash`. */
  readonly bodyHash: string;
  /** Ms since the epoch. */
  readonly at: number;
}

const LINE = 76;

/** A DKIM-Signature for each key, each field with its line end; to be put on top of the message. */
export function composeDkimSignatures({
  fields,
  bodyHash,
  keys,
  at,
}: Signable & { readonly keys: readonly SigningKey[] }): string {
  const covered = coveredFields(fields);
  return keys
    .map((key) => composeSignature('DKIM-Signature', 'v=1', key, { covered, bodyHash, at }))
    .join('');
}

/** @param first the tag that goes before those that both fields have */
export function composeSignature(
  name: string,
  first: string,
  key: SigningKey,
  { covered, bodyHash, at }: { readonly covered: Covered; readonly bodyHash: string; readonly at: number },
): string {
  const { algorithm, domain, selector } = key;
  const unsigned =
    `${name}: ${first}; a=${algorithm}; c=relaxed/relaxed; d=${domain};\r\n\ts=${selector};` +
    ` t=${Math.floor(at / 1000)};\r\n\th=${foldNames(covered.names)};\r\n\tbh=${bodyHash};\r\n\tb=`;
  return `${unsigned}${foldBase64(signField(key, covered.data, unsigned))}\r\n`;
}

/** The signature of the data and of the field that will hold it, its `b=` still empty and last (§3.7). */
export const signField = (key: SigningKey, data: string, unsigned: string): string =>
  signData(key, `${data}${unsigned.slice(0, unsigned.indexOf(':')).toLowerCase()}:${relaxedValue(unsigned)}`);

function foldNames(names: readonly string[]): string {
  let text = '';
  let used = 3;
  for (const [index, name] of names.entries()) {
    const word = index + 1 < names.length ? `${name}:` : name;
    if (used + word.length > LINE) {
      text += '\r\n\t ';
      used = 2;
    }
    text += word;
    used += word.length;
  }
  return text;
}

export function foldBase64(text: string): string {
  let folded = text.slice(0, LINE - 4);
  for (let at = LINE - 4; at < text.length; at += LINE - 2)
    folded += `\r\n\t${text.slice(at, at + LINE - 2)}`;
  return folded;
}

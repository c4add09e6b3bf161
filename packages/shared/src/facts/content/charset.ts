/** Octets to Unicode by what a message declares, or by what they look like. Pure. */
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

const decoders = new Map<string, TextDecoder | undefined>();
/** Labels that are remembered; there are some 230 that the runtime knows. */
const LABELS = 500;
/** In these an octet below 128 may be something else than ASCII. */
const notAscii = /^(?:utf-?16|utf-?7|iso-2022|csiso2022|unicode|ucs-2|hz-gb|csunicode|replacement)/;

function decoderOf(label: string): TextDecoder | undefined {
  if (decoders.has(label)) return decoders.get(label);
  let decoder: TextDecoder | undefined;
  try {
    decoder = new TextDecoder(label);
  } catch {
    decoder = undefined;
  }
  if (decoders.size < LABELS) decoders.set(label, decoder);
  return decoder;
}

export interface Decoded {
  readonly text: string;
  /** The charset is one that nobody here knows. */
  readonly unknown?: true;
}

/** @param charset as declared; '' where nothing is */
export function decodeText(octets: Buffer, charset: string): Decoded {
  const label = charset.trim().toLowerCase().slice(0, 40);
  if (!notAscii.test(label) && isAscii(octets)) return { text: octets.toString('latin1') };
  const isNone = label === '' || label === 'us-ascii' || label === 'ascii';
  const decoder = isNone ? undefined : decoderOf(label);
  if (decoder) return { text: decoder.decode(octets) };
  const text = isUtf8(octets) ? octets.toString('utf8') : (decoderOf('windows-1252')?.decode(octets) ?? '');
  return isNone ? { text } : { text, unknown: true };
}

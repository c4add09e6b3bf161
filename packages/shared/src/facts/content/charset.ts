/** Octets to Unicode by what a message declares, or by what they look like. Pure. */
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

const decoders = new Map<string, TextDecoder | undefined>();
/**
 * Labels that the runtime may know (encoding.spec.whatwg.org §4.2). It takes long to refuse one, and a message may have
 * thousands, so only these are asked for; they are few enough to remember them all.
 */
const labels = new RegExp(
  String.raw`^(?:utf-?8|unicode-1-1-utf-8|utf-?16(?:le|be)?|(?:iso[-_]?8859[-_]?|latin|l)\d{1,2}(?:-[ei])?|iso-ir-\d{2,3}|` +
    String.raw`(?:x-cp|cp|windows-)(?:125\d|866|819|874|936|949|31j)|ibm(?:866|819)|koi8?(?:-?ru?|-?u)?|gbk|gb_?2312(?:-?80)?|` +
    String.raw`(?:x-)?gbk|gb18030|big5(?:-hkscs)?|x-x-big5|euc-?(?:jp|kr|cn)|x-euc-jp|(?:x-)?s(?:hift)?[-_]?jis|ms_?kanji|` +
    String.raw`iso-2022-(?:jp|kr|cn)|ks_c_5601-19(?:87|89)|korean|chinese|arabic|cyrillic|greek|hebrew|tis-620|dos-874|` +
    String.raw`macintosh|mac|x-mac-(?:roman|cyrillic|ukrainian)|visual|logical)$`,
);
/** In these an octet below 128 may be something else than ASCII. */
const notAscii = /^(?:utf-?16|utf-?7|iso-2022|csiso2022|unicode|ucs-2|hz-gb|csunicode|replacement)/;

function decoderOf(label: string): TextDecoder | undefined {
  if (!labels.test(label)) return undefined;
  if (decoders.has(label)) return decoders.get(label);
  let decoder: TextDecoder | undefined;
  try {
    decoder = new TextDecoder(label);
  } catch {
    decoder = undefined;
  }
  decoders.set(label, decoder);
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

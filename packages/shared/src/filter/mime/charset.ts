/** Octets to Unicode by what a message declares, or by what they look like. Pure. */
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { decodeUtf32, decodeUtf7, utf16BigEndian } from './charset-unicode.ts';

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
/** In these, also in odd quotes, an octet below 128 may be something else than ASCII. */
const notAscii =
  /^["']?(?:utf-?16|utf-?32|utf-?7|iso-2022|csiso2022|unicode|ucs-[24]|iso-10646|hz-gb|csutf|x-unicode|csunicode|csucs4|replacement)/;
const utf7 = /^(?:utf-?7|csutf7|(?:x-)?unicode-\d-\d-utf-7|csunicode11utf7)$/;
/** Charsets of mainframes, and one for Chinese, whose ASCII octets are other characters and which are not decoded here. */
export const isForeign = (charset: string): boolean =>
  /^["']?(?:hz-gb-2312|(?:ibm|cp|ebcdic-?cp-?)-?(?:037|273|277|278|28[045]|297|42[034]|50[0-9]|87[015]|1026|1047|114\d))\b/i.test(
    charset,
  );
const utf32 = /^(?:utf-?32|ucs-4|iso-10646-ucs-4|csucs4)(?:le|be)?$/;
const utf16 = /^(?:utf-?16|(?:iso-10646-)?ucs-2|unicode|csunicode)(?:le|be)?$/;

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
  /** The text as programs read it that go by what the octets look like. */
  readonly other?: string;
}

/** @param charset as declared; '' where nothing is */
export function decodeText(octets: Buffer, charset: string): Decoded {
  const declared = charset.trim().toLowerCase().slice(0, 40);
  if (!notAscii.test(declared) && isAscii(octets)) return { text: octets.toString('latin1') };
  const label = /["'\s]/.test(declared) ? declared.replace(/["'\s]/g, '') : declared;
  const isNone = label === '' || label === 'us-ascii' || label === 'ascii';
  const text = byMark(octets) ?? (isNone ? undefined : byLabel(octets, label));
  if (text === undefined) {
    const guessed = isUtf8(octets) ? octets.toString('utf8') : windows(octets);
    return isNone ? { text: guessed } : { text: guessed, unknown: true };
  }
  return notAscii.test(label) && isAscii(octets) && !octets.includes(0)
    ? { text, other: octets.toString('latin1') }
    : { text };
}

const windows = (octets: Buffer): string => decoderOf('windows-1252')?.decode(octets) ?? '';

function byLabel(octets: Buffer, label: string): string | undefined {
  if (utf7.test(label)) return decodeUtf7(octets.toString('latin1'));
  if (utf32.test(label)) return decodeUtf32(octets, !label.endsWith('be') && octets[0] !== 0);
  if (utf16.test(label)) return decodeUtf16(octets, label);
  return decoderOf(label)?.decode(octets);
}

/** A byte order mark counts more than the label (encoding.spec.whatwg.org §6). */
function byMark(octets: Buffer): string | undefined {
  const [a, b, c, d] = octets;
  if (a === 0xff && b === 0xfe)
    return c === 0 && d === 0 ? decodeUtf32(octets.subarray(4), true) : octets.toString('utf16le', 2);
  if (a === 0xfe && b === 0xff) return utf16BigEndian(octets.subarray(2));
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? decodeUtf32(octets.subarray(4), false) : undefined;
}

const decodeUtf16 = (octets: Buffer, label: string): string =>
  label.endsWith('be') || (!label.endsWith('le') && octets[0] === 0)
    ? utf16BigEndian(octets)
    : octets.toString('utf16le');

/** Text in a wide charset that does not say so: three of four, or every other octet is NUL. */
export function decodeWide(octets: Buffer): string | undefined {
  const [a, b, c, d] = octets;
  if (a === 0) return b === 0 && c === 0 ? decodeUtf32(octets, false) : utf16BigEndian(octets);
  if (b !== 0) return undefined;
  return c === 0 && d === 0 ? decodeUtf32(octets, true) : octets.toString('utf16le');
}

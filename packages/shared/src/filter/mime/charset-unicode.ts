/** Forms of Unicode that the runtime does not decode: UTF-7 (RFC 2152) and UTF-32. Pure. */

const shifted = /\+([A-Za-z0-9+/]*)-?/g;

/** `+` and `-` enclose base64 of UTF-16; `+-` is a plus sign. */
export const decodeUtf7 = (text: string): string =>
  text.replace(shifted, (_, encoded: string) =>
    encoded === '' ? '+' : utf16BigEndian(Buffer.from(encoded, 'base64')),
  );

export const utf16BigEndian = (octets: Buffer): string =>
  Buffer.from(octets.subarray(0, octets.length & ~1))
    .swap16()
    .toString('utf16le');

const REPLACEMENT = 0xfffd;
const PIECE = 4_096;

export function decodeUtf32(octets: Buffer, isLittleEndian: boolean): string {
  let text = '';
  let codes: number[] = [];
  for (let at = 0; at + 4 <= octets.length; at += 4) {
    const code = isLittleEndian ? octets.readUInt32LE(at) : octets.readUInt32BE(at);
    codes.push(code > 0x10ffff ? REPLACEMENT : code);
    if (codes.length < PIECE) continue;
    text += String.fromCodePoint(...codes);
    codes = [];
  }
  return text + String.fromCodePoint(...codes);
}

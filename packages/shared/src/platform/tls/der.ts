/** The values of ASN.1 that a certificate is made of, in DER (X.690). Pure. */

const element = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const value = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(value.length), value]);
};

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => element(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => element(0x31, ...parts);
export const octets = (value: Buffer): Buffer => element(0x04, value);
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text));
/** @param value octets of a positive number, the first one below 0x80 and not 0 unless alone */
export const integer = (value: Buffer): Buffer => element(0x02, value);
export const truth = element(0x01, Buffer.from([0xff]));
/** @param unused bits of the last octet that are none */
export const bits = (value: Buffer, unused = 0): Buffer => element(0x03, Buffer.from([unused]), value);
export const explicit = (tag: number, value: Buffer): Buffer => element(0xa0 | tag, value);
export const implicit = (tag: number, value: Buffer): Buffer => element(0x80 | tag, value);

/** @param at ms since the epoch; from 2050 on in the longer form (RFC 5280 §4.1.2.5) */
export function time(at: number): Buffer {
  const text = `${new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  const isLong = new Date(at).getUTCFullYear() >= 2050;
  return element(isLong ? 0x18 : 0x17, Buffer.from(isLong ? text : text.slice(2)));
}

/** @param dotted `1.2.840.10045` */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const octets = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
    octets.unshift((left % 128) | 0x80);
  return octets;
}

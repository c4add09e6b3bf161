/** CMS (RFC 5652) and its octets in BER, as far as S/MIME needs them; nothing in it is really signed. */
import { deflateSync } from 'node:zlib';

export type Lengths = 'definite' | 'indefinite';

const PKCS7 = '2a864886f70d0107';
const SMIME = '2a864886f70d010910';
export const oids = {
  data: `${PKCS7}01`,
  signed: `${PKCS7}02`,
  enveloped: `${PKCS7}03`,
  compressed: `${SMIME}0109`,
  authEnveloped: `${SMIME}0117`,
  other: `${SMIME}0104`,
} as const;

const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT_0 = 0xa0;
const VERSION = ber(0x02, Buffer.from([1]));

/** Signed data; without content a signature of another part. */
export function signed(
  content: Buffer | undefined,
  lengths: Lengths = 'definite',
  type: string = oids.data,
): Buffer {
  return contentInfo(oids.signed, lengths, [
    VERSION,
    ber(SET, Buffer.alloc(0)),
    encapsulated(content, lengths, type),
    ber(SET, Buffer.alloc(0)),
  ]);
}

export function compressed(content: Buffer, lengths: Lengths = 'definite'): Buffer {
  const algorithm = ber(SEQUENCE, oid(`${SMIME}0308`));
  return contentInfo(oids.compressed, lengths, [
    VERSION,
    algorithm,
    encapsulated(deflateSync(content), lengths, oids.data),
  ]);
}

export const enveloped = (type: string = oids.enveloped): Buffer =>
  contentInfo(type, 'definite', [VERSION, ber(SET, Buffer.alloc(0))]);

export function pem(octets: Buffer, label: string): Buffer {
  const lines = octets.toString('base64').replace(/.{64}/g, '$&\n');
  return Buffer.from(`-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`);
}

function contentInfo(type: string, lengths: Lengths, values: readonly Buffer[]): Buffer {
  const value = constructed(SEQUENCE, values, lengths);
  return constructed(SEQUENCE, [oid(type), constructed(CONTEXT_0, [value], lengths)], lengths);
}

function encapsulated(content: Buffer | undefined, lengths: Lengths, type: string): Buffer {
  const explicit = content ? [constructed(CONTEXT_0, [octetString(content, lengths)], lengths)] : [];
  return constructed(SEQUENCE, [oid(type), ...explicit], lengths);
}

/** Of indefinite length it is in pieces. */
function octetString(content: Buffer, lengths: Lengths): Buffer {
  if (lengths === 'definite') return ber(0x04, content);
  const half = content.length >> 1;
  const pieces = [content.subarray(0, half), content.subarray(half)].map((piece) => ber(0x04, piece));
  return constructed(0x24, pieces, lengths);
}

const oid = (hex: string): Buffer => ber(0x06, Buffer.from(hex, 'hex'));

const constructed = (tag: number, values: readonly Buffer[], lengths: Lengths): Buffer =>
  lengths === 'definite'
    ? ber(tag, Buffer.concat(values))
    : Buffer.concat([Buffer.from([tag, 0x80]), ...values, Buffer.from([0, 0])]);

export function ber(tag: number, content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([Buffer.from([tag, 0x84]), length, content]);
}

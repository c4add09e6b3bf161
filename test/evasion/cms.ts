/** Writes CMS (RFC 5652, RFC 3274) as far as a reader of its content looks. Text has one character an octet. */
import { deflateSync } from 'node:zlib';
import { octetsOf } from './mime.ts';

const chr = (...codes: readonly number[]): string => String.fromCharCode(...codes);

function lengthOf(length: number): string {
  if (length < 128) return chr(length);
  return chr(0x84, (length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255);
}

type Form = 'definite' | 'indefinite';

const tlv = (tag: number, value: string): string => `${chr(tag)}${lengthOf(value.length)}${value}`;
const constructed = (tag: number, value: string, form: Form): string =>
  form === 'definite' ? tlv(tag, value) : `${chr(tag, 0x80)}${value}\0\0`;

const DATA = '\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01';
const SIGNED = '\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02';
const ENVELOPED = '\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03';
const COMPRESSED = '\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09';
const ZLIB = '\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08';
const AES128 = '\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x02';

/** @param pieceBytes the octets in pieces of a constructed string, as a writer in a stream makes them */
function octetString(octets: string, form: Form, pieceBytes?: number): string {
  if (pieceBytes === undefined) return tlv(0x04, octets);
  const pieces = octets.match(new RegExp(`[^]{1,${pieceBytes}}`, 'g')) ?? [];
  return constructed(0x24, pieces.map((piece) => tlv(0x04, piece)).join(''), form);
}

const contentOf = (content: string, form: Form, pieceBytes?: number): string =>
  constructed(0x30, `${DATA}${constructed(0xa0, octetString(content, form, pieceBytes), form)}`, form);

const wrapped = (oid: string, value: string, form: Form): string =>
  constructed(0x30, `${oid}${constructed(0xa0, constructed(0x30, value, form), form)}`, form);

/** With no signer and no certificate, which says nothing of what is shown. */
export const signedData = (content: string, form: Form = 'definite', pieceBytes?: number): string =>
  wrapped(
    SIGNED,
    `${tlv(0x02, '\x01')}${tlv(0x31, '')}${contentOf(content, form, pieceBytes)}${tlv(0x31, '')}`,
    form,
  );

export const compressedData = (content: string, form: Form = 'definite'): string =>
  wrapped(
    COMPRESSED,
    `${tlv(0x02, '\0')}${tlv(0x30, ZLIB)}${contentOf(deflateSync(octetsOf(content)).toString('latin1'), form)}`,
    form,
  );

/** Of which nobody here has the key. */
export const envelopedData = (octets: string): string =>
  wrapped(
    ENVELOPED,
    `${tlv(0x02, '\0')}${tlv(0x31, '')}${tlv(0x30, `${DATA}${tlv(0x30, AES128 + tlv(0x04, '\0'.repeat(16)))}${tlv(0x80, octets)}`)}`,
    'definite',
  );

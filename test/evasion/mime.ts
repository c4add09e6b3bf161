/** MIME entities as text, one character an octet, so that a trick can break any rule of their form. */

export interface Entity {
  /** Header fields without line ends. */
  readonly fields: readonly string[];
  readonly body: string;
}

const CRLF = '\r\n';

export const textOf = ({ fields, body }: Entity): string => [...fields, '', body].join(CRLF);

/** A message with nothing wrong but what the entity brings. */
export const messageOf = (
  { fields, body }: Entity,
  mimeVersion: readonly string[] = ['MIME-Version: 1.0'],
): string => [...originFields, ...mimeVersion, ...fields, '', body, ''].join(CRLF);

const originFields = [
  'From: Anna <anna@sender.test>',
  'To: Ben <ben@example.com>',
  'Subject: The papers',
  'Date: Wed, 25 Nov 2026 10:00:00 +0000',
  'Message-ID: <4711@sender.test>',
];

export const lines = (...each: readonly string[]): string => each.join(CRLF);

export const octetsOf = (text: string): Buffer => Buffer.from(text, 'latin1');

/** In lines of 76 characters. */
export const base64 = (text: string): string =>
  octetsOf(text)
    .toString('base64')
    .replace(/.{76}/g, (line) => `${line}${CRLF}`);

/** Every octet encoded, in lines of 25. */
export const quotedPrintable = (text: string): string =>
  [...octetsOf(text)]
    .map(
      (octet, i) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}${i % 25 === 24 ? `=${CRLF}` : ''}`,
    )
    .join('');

export function uuencode(text: string, name: string, begin = 'begin 644'): string {
  const octets = octetsOf(text);
  const rows: string[] = [];
  for (let at = 0; at < octets.length; at += 45) rows.push(uuRow(octets.subarray(at, at + 45)));
  return lines(`${begin} ${name}`, ...rows, '`', 'end');
}

function uuRow(octets: Buffer): string {
  const character = (six: number): string => String.fromCharCode(six === 0 ? 0x60 : six + 32);
  let row = character(octets.length);
  for (let at = 0; at < octets.length; at += 3) {
    const group = ((octets[at] ?? 0) << 16) | ((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0);
    row += [18, 12, 6, 0].map((shift) => character((group >> shift) & 63)).join('');
  }
  return row;
}

/** yEnc 1.3. */
export function yEnc(text: string, name: string): string {
  const encoded = [...octetsOf(text)]
    .map((octet) => (octet + 42) & 255)
    .map((octet) => ([0, 10, 13, 0x3d].includes(octet) ? `=${chr((octet + 64) & 255)}` : chr(octet)))
    .join('');
  return lines(`=ybegin line=128 size=${text.length} name=${name}`, encoded, `=yend size=${text.length}`);
}

/** BinHex 4.0 (RFC 1741 appendix A), its checksums left at zero. */
export function binHex(text: string, name: string): string {
  const long = (value: number): string => [24, 16, 8, 0].map((shift) => chr((value >> shift) & 255)).join('');
  const header = `${chr(name.length)}${name}\0BINAMACS\0\0${long(text.length)}${long(0)}\0\0`;
  const octets = octetsOf(`${header}${text}\0\0\0\0`.replaceAll('\x90', '\x90\0'));
  const alphabet = '!"#$%&\'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr';
  const plain = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const encoded = octets
    .toString('base64')
    .replace(/=+$/, '')
    .replace(/./g, (each) => alphabet[plain.indexOf(each)]!);
  return lines(
    '(This file must be converted with BinHex 4.0)',
    '',
    `:${encoded}:`.replace(/.{64}/g, `$&${CRLF}`),
  );
}

const chr = (octet: number): string => String.fromCharCode(octet);

export const plainPart: Entity = { fields: ['Content-Type: text/plain'], body: 'Good morning.' };

/** @param boundary as it stands in the parameter and in the delimiters */
export const multipart = (type: string, parts: readonly Entity[], boundary = 'outer_1'): Entity => ({
  fields: [`Content-Type: ${type}; boundary="${boundary}"`],
  body: delimited(parts, boundary),
});

export const delimited = (parts: readonly Entity[], boundary: string): string =>
  lines(...parts.flatMap((part) => [`--${boundary}`, textOf(part)]), `--${boundary}--`);

export const mixed = (...parts: readonly Entity[]): Entity => multipart('multipart/mixed', parts);

export const withFields = ({ fields, body }: Entity, ...more: readonly string[]): Entity => ({
  fields: [...fields, ...more],
  body,
});

/** Beside a text an attachment of these octets. */
export const attached = (type: string, name: string, octets: string): Entity =>
  mixed(plainPart, {
    fields: [
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      ...(name === '' ? [] : [`Content-Disposition: attachment; filename="${name}"`]),
    ],
    body: base64(octets),
  });

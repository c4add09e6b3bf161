/** Messages by their fields and body, and attachments, for the makers of hostile ones. */

/** The name of a message, and what makes it. */
export type Maker = readonly [name: string, make: () => Buffer];

export const MEGABYTE = 1024 * 1024;
const head = 'From: a@sender.test\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\n';
export const message = (fields: string, body: string | Buffer = 'text\r\n'): Buffer =>
  Buffer.concat([
    Buffer.from(`${head}${fields}\r\n`, 'latin1'),
    Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1'),
  ]);
export const field = (text: string): Buffer => message(`${text}\r\n`);
export const lines = (...all: readonly string[]): string => all.map((line) => `${line}\r\n`).join('');
export const base64 = (octets: Buffer): string =>
  `${(octets.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n')}\r\n`;
export const attached = (name: string, octets: Buffer, type = 'application/octet-stream'): Buffer =>
  message(`Content-Type: ${type}; name="${name}"\r\nContent-Transfer-Encoding: base64\r\n`, base64(octets));
export const html = (body: string): Buffer =>
  message('Content-Type: text/html; charset=utf-8\r\n', `${body}\r\n`);
export const multipart = (body: string, boundary = 'b'): Buffer =>
  message(`Content-Type: multipart/mixed; boundary="${boundary}"\r\n`, body);
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** The same shape in several sizes, since what hurts is often where a bound lies. */
export const sized = (name: string, sizes: readonly number[], make: (size: number) => Buffer): Maker[] =>
  sizes.map((size) => [`${name} × ${size}`, () => make(size)]);

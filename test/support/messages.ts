/**
 * Messages of many shapes, each with a mark that finds it again and the digest of every octet.
 *
 * The mark is the first header field, so that whatever stands before it was added on the way.
 */
import { createHash } from 'node:crypto';

export const MARK = 'X-Demo-Id';

export interface TestMessage {
  readonly id: string;
  readonly shape: Shape;
  /** '' is the null reverse-path. */
  readonly from: string;
  readonly to: readonly string[];
  /** Parameters of MAIL, of RCPT; '' for none. */
  readonly mailParameters: string;
  readonly rcptParameters: string;
  readonly octets: Buffer;
  /** SHA-256 of the octets. */
  readonly digest: string;
}

export interface Correspondents {
  readonly from: string;
  readonly to: readonly string[];
}

interface Content {
  /** Further header fields, each ending in CRLF. */
  readonly fields?: string;
  readonly body: string | Buffer;
  readonly mailParameters?: string;
  readonly rcptParameters?: string;
}

const LARGE_BYTES = 10 * 1024 * 1024;
const MIDDLING_BYTES = 400 * 1024;

const plainText = (id: string): string =>
  `Message ${id}\r\n\r\nIt is made of lines, and they end in CRLF.\r\n`;
const mime = (type: string, encoding: string): string =>
  `MIME-Version: 1.0\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n`;

const shapes = {
  plain: (id) => ({ body: plainText(id) }),
  multipart: (id) => ({
    fields: mime('multipart/alternative; boundary="=_part"', '7bit'),
    body:
      `Not shown by most readers.\r\n--=_part\r\nContent-Type: text/plain\r\n\r\n${plainText(id)}` +
      `\r\n--=_part\r\nContent-Type: text/html\r\n\r\n<p>${id}</p>\r\n--=_part--\r\n`,
  }),
  '8-bit': (id) => ({
    fields: mime('text/plain; charset=utf-8', '8bit'),
    body: `Größe, 大きさ, μέγεθος ${id}\r\n`,
    mailParameters: ' BODY=8BITMIME',
  }),
  'every octet': () => ({
    fields: mime('application/octet-stream', '8bit'),
    body: Buffer.from([...allowedOctets(), 13, 10]),
    mailParameters: ' BODY=8BITMIME',
  }),
  'long lines': (id) => ({ body: `${id} ${'x'.repeat(70_000)}\r\n${'y'.repeat(998)}\r\n` }),
  dots: (id) => ({ body: `.\r\n..\r\n...\r\n.${id}\r\nends in a dot.\r\n.\r\n` }),
  'blanks at line ends': (id) => ({ body: `${id} \t\r\n \r\n\t\r\n\r\n\r\n` }),
  'empty body': () => ({ body: '' }),
  'no header but the mark': () => ({ body: '' }),
  middling: (id) => ({ body: filled(id, MIDDLING_BYTES) }),
  '10 MB': (id) => ({ body: filled(id, LARGE_BYTES), mailParameters: ` SIZE=${LARGE_BYTES + 2000}` }),
  'UTF-8 address': (id) => ({
    fields: 'To: Jörg <jörg@example.net>\r\nSubject: Grüße\r\n',
    body: `${id}\r\n`,
    mailParameters: ' SMTPUTF8 BODY=8BITMIME',
  }),
  'DSN parameters': (id) => ({
    body: plainText(id),
    mailParameters: ` RET=HDRS ENVID=envelope-${id}`,
    rcptParameters: ' NOTIFY=FAILURE,DELAY ORCPT=rfc822;first+2Brcpt@example.org',
  }),
} satisfies Record<string, (id: string) => Content>;

export type Shape = keyof typeof shapes;
export const allShapes = Object.keys(shapes) as Shape[];
/** A stranger is not offered DSN. */
export const strangersShapes = allShapes.filter((shape) => shape !== 'DSN parameters');

let count = 0;

export function composeMessage(shape: Shape, { from, to }: Correspondents): TestMessage {
  count += 1;
  const id = `${process.pid.toString(36)}-${count}`;
  const { fields = '', body, mailParameters = '', rcptParameters = '' }: Content = shapes[shape](id);
  const header =
    shape === 'no header but the mark'
      ? `${MARK}: ${id}\r\n\r\n`
      : `${MARK}: ${id}\r\nMessage-ID: <${id}@sender.test>\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n` +
        `From: <someone@sender.test>\r\n${fields}\r\n`;
  const octets = Buffer.concat([Buffer.from(header), Buffer.from(body)]);
  return { id, shape, from, to, mailParameters, rcptParameters, octets, digest: digestOf(octets) };
}

export const digestOf = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

/** All that may stand in a line (RFC 5321 §2.3.8: CR and LF only as its end; NUL is refused). */
const allowedOctets = (): number[] =>
  Array.from({ length: 256 }, (_, octet) => octet).filter(
    (octet) => octet !== 0 && octet !== 10 && octet !== 13,
  );

function filled(id: string, bytes: number): Buffer {
  const line = `${id} ${'mailpair '.repeat(7)}\r\n`;
  return Buffer.from(line.repeat(Math.ceil(bytes / line.length)));
}

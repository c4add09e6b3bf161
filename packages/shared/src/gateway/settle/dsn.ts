/**
 * A notice as a message to the sender: multipart/report of what a person reads, what a program reads, and the
 * message it is about (RFC 3464, RFC 6522). The home of nodemailer's MailComposer.
 *
 * Guarantees: null reverse-path, so it is never itself reported on (RFC 5321 §4.5.5); Auto-Submitted, so nobody's
 * responder replies (RFC 3834 §5); lines end in CRLF. Fails only when the original cannot be read.
 */
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Entry } from '../../platform/values/entry.ts';
import { needsSmtpUtf8 } from '../../platform/values/address.ts';
import type { Envelope } from '../../platform/values/envelope.ts';
import { composeDeliveryStatus, type StatusReport } from './delivery-status.ts';
import { composeDsnText } from './dsn-text.ts';
import type { NoticeKind } from './notice.ts';

/** A message bigger than this is not returned whole, whatever RET says. */
const maxReturnedBytes = 1_000_000;
/** A header section is cut after this. */
const maxHeaderBytes = 64 * 1024;

export interface DsnRequest extends StatusReport {
  /** The first octets of the message's body as spooled (its header section first), `maxBytes` or all there are. */
  readonly readOriginal: (maxBytes: number) => Promise<Buffer>;
}

export interface Dsn {
  readonly envelope: Envelope;
  readonly bytes: Buffer;
}

/** @throws Error for a null reverse-path or no recipients, which is the caller's fault */
export async function composeDsn(request: DsnRequest): Promise<Dsn> {
  const { kind, entry, recipients, reportingHost, now } = request;
  if (entry.reversePath === '')
    throw new Error(`DSN for ${entry.id}, whose reverse-path is null: nobody may be told`);
  if (recipients.length === 0) throw new Error(`DSN for ${entry.id} about no recipient`);

  const { subject, body } = composeDsnText(request);
  const original = await originalPart(request);
  const message = new MailComposer({
    from: { name: 'Mail Delivery System', address: `MAILER-DAEMON@${reportingHost}` },
    to: { name: '', address: entry.reversePath },
    subject,
    date: new Date(now),
    messageId: `<${entry.id}.${kind}.${now}@${reportingHost}>`,
    headers: { 'Auto-Submitted': 'auto-replied' },
    text: body,
    attachments: [
      { contentType: 'message/delivery-status', content: composeDeliveryStatus(request), filename: false },
      { ...original, filename: false, contentDisposition: 'inline' },
    ],
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  message.setHeader('Content-Type', 'multipart/report; report-type=delivery-status');
  // A multipart is labelled like the widest of its parts (RFC 2045 §6.4).
  if (original.contentTransferEncoding === '8bit') message.setHeader('Content-Transfer-Encoding', '8bit');

  const bytes = await message.build();
  return { envelope: envelopeTo(entry, bytes), bytes };
}

function envelopeTo(entry: Entry, bytes: Buffer): Envelope {
  return {
    reversePath: '',
    recipients: [{ address: entry.reversePath, notify: ['never'] }],
    eightBit: !isAscii(bytes),
    smtpUtf8: needsSmtpUtf8(entry.reversePath),
    requireTls: entry.requireTls,
  };
}

interface OriginalPart {
  readonly contentType: string;
  readonly content: string | Buffer;
  readonly contentTransferEncoding: '7bit' | '8bit' | 'base64' | 'quoted-printable';
}

async function originalPart({ kind, entry, readOriginal }: DsnRequest): Promise<OriginalPart> {
  const head = Buffer.from(entry.head);
  if (!isReturnedWhole(kind, entry)) {
    const headers = headerSection(Buffer.concat([head, await readOriginal(maxHeaderBytes)]));
    // As a string nodemailer leaves ASCII readable; octets beyond must not be taken for a charset.
    return isAscii(headers)
      ? {
          contentType: 'text/rfc822-headers',
          content: headers.toString('latin1'),
          contentTransferEncoding: '7bit',
        }
      : { contentType: 'text/rfc822-headers', content: headers, contentTransferEncoding: 'quoted-printable' };
  }
  const content = Buffer.concat([head, await readOriginal(entry.body.sizeBytes)]);
  // Header fields beyond ASCII need the type that allows them, and encoding (RFC 6532 §3.7); message/rfc822 bars both.
  if (entry.smtpUtf8 && !isAscii(headerSection(content)))
    return { contentType: 'message/global', content, contentTransferEncoding: 'base64' };
  return {
    contentType: 'message/rfc822',
    content,
    contentTransferEncoding: isAscii(content) ? '7bit' : '8bit',
  };
}

/** RET speaks of failures only (RFC 3461 §4.3); under REQUIRETLS only the headers go back (RFC 8689 §5). */
const isReturnedWhole = (kind: NoticeKind, { ret, requireTls, body }: Entry): boolean =>
  kind === 'failed' && ret === 'full' && !requireTls && body.sizeBytes <= maxReturnedBytes;

/** Up to the empty line, or to the last whole line when there is none. */
function headerSection(message: Buffer): Buffer {
  if (message.indexOf('\r\n') === 0) return Buffer.alloc(0);
  const empty = message.indexOf('\r\n\r\n');
  const end = empty < 0 ? message.lastIndexOf('\r\n') : empty;
  return end < 0 ? Buffer.alloc(0) : message.subarray(0, end + 2);
}

const isAscii = (bytes: Buffer): boolean => bytes.every((octet) => octet < 0x80);

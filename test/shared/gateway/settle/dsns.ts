/** DSNs and what is in them, for the tests of their parts. */
import type { Entry, RecipientState } from '@mailpair/shared/platform/values/entry';
import { composeDsn, type Dsn, type DsnRequest } from '@mailpair/shared/gateway/settle/dsn';
import type { Reply } from '@mailpair/shared/platform/values/reply';
import { simpleParser, type ParsedMail } from 'mailparser';
import { entryOf, hour, receivedAt, recipientOf } from './entries.ts';

export const never: Reply = { code: 550, enhanced: '5.1.1', text: 'No such user' };
export const later: Reply = { code: 451, enhanced: '4.2.1', text: 'Mailbox busy' };

export const message = Buffer.from(
  'Subject: Hello\r\nFrom: sender@example.com\r\n\r\nThe text.\r\n.. and dots\r\n',
);

export const bounced = (changes: Partial<RecipientState> = {}): RecipientState =>
  recipientOf({
    status: 'bounced',
    attempts: 1,
    last: { reply: never, host: 'mx.example.net', at: receivedAt + 5000 },
    ...changes,
  });

export const delayed = (): RecipientState =>
  recipientOf({
    attempts: 4,
    warned: true,
    last: { reply: later, host: 'mx.example.net', at: receivedAt + hour },
  });

export const compose = (changes: Partial<DsnRequest> = {}, original: Buffer = message): Promise<Dsn> =>
  composeDsn({
    kind: 'failed',
    entry: entryOf(),
    recipients: [bounced()],
    reportingHost: 'mx-out.example.com',
    now: receivedAt + 4 * hour,
    readOriginal: async (maxBytes) => original.subarray(0, maxBytes),
    ...changes,
  });

export const composeFor = (entry: Partial<Entry>, original: Buffer = message): Promise<Dsn> =>
  compose(
    { entry: entryOf({ body: { sizeBytes: original.length, sha256: '', eightBit: false }, ...entry }) },
    original,
  );

/** The part of this type: its own header section and its content, both as they stand in the message. */
export function partOf({ bytes }: Dsn, contentType: string): { header: string; content: string } {
  const text = bytes.toString('latin1');
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1] ?? 'none';
  for (const part of text.split(`--${boundary}`)) {
    const end = part.indexOf('\r\n\r\n');
    const header = part.slice(0, end);
    if (header.includes(`Content-Type: ${contentType}`))
      return { header, content: part.slice(end + 4).replace(/\r\n$/, '') };
  }
  throw new Error(`no part of type ${contentType} in:\n${text}`);
}

/** Groups of fields, unfolded. */
export const statusOf = (dsn: Dsn): Record<string, string>[] =>
  partOf(dsn, 'message/delivery-status')
    .content.split('\r\n\r\n')
    .filter((group) => group.trim() !== '')
    .map((group) =>
      Object.fromEntries(
        group
          .replace(/\r\n(?=[ \t])/g, '')
          .split('\r\n')
          .filter((line) => line !== '')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      ),
    );

export const parse = ({ bytes }: Dsn): Promise<ParsedMail> => simpleParser(bytes);

/** What mailparser shows of the human part; it appends delivery-status parts after it. */
export const textOf = async (dsn: Dsn): Promise<string> => (await parse(dsn)).text ?? '';

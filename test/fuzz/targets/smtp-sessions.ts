/** Whole sessions with a listener on loopback: the same answers and messages however the network cuts what the client sends. */
import { connect, type Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parsePathCommand } from '@mailpair/shared/smtp/server/path-command';
import {
  summaryOf,
  withListener,
  type Recording,
  type RecordingOptions,
} from '../../support/recording-listener.ts';
import { must, piecesOf, type Target, type TargetFile } from '../target.ts';

const start = 'EHLO client.example\r\nMAIL FROM:<a@example.com> SIZE=100\r\nRCPT TO:<b@example.com>\r\n';
const sessions = [
  `${start}DATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n`,
  `${start}BDAT 12\r\nSubject: x\r\nBDAT 6 LAST\r\n\r\nxx\r\nQUIT\r\n`,
  `${start}RCPT TO:<slow@example.com>\r\nRCPT TO:<unknown@example.com>\r\nDATA\r\nx\r\n.\r\nRSET\r\nNOOP\r\nVRFY a\r\nHELP\r\n`,
  `HELO x\r\nAUTH PLAIN AG1lAHNlY3JldA==\r\nMAIL FROM:<>\r\nRCPT TO:<fault@example.com>\r\nRCPT TO:<later@example.com>\r\nDATA\r\n`,
  `${start}BDAT 3\r\nabcDATA\r\nBDAT 99999999999 LAST\r\nEHLO y\r\nQUIT\r\n`,
  'PROXY TCP4 192.0.2.7 192.0.2.10 56324 25\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\n',
  `${start}DATA\r\nx\n.\n\r\n.\nMAIL FROM:<evil@example.com>\r\n.\r\nQUIT\r\n`,
];
const words = [
  'EHLO x\r\n',
  'MAIL FROM:',
  'RCPT TO:',
  '<a@example.com>',
  '<slow@example.com>',
  '<fault@example.com>',
  '<broken@example.com>',
  '<>',
  'DATA\r\n',
  'BDAT 7\r\n',
  'BDAT 0 LAST\r\n',
  'RSET\r\n',
  'QUIT\r\n',
  'AUTH LOGIN\r\n',
  'AUTH PLAIN\r\n',
  '*\r\n',
  '\r\n.\r\n',
  '\n.\n',
  '\r',
  '\n',
  '\0',
  ' SIZE=',
  ' BODY=8BITMIME',
  ' SMTPUTF8',
  ' NOTIFY=',
  ' ORCPT=rfc822;',
  '\xc3\xbc',
];

/** A listener that stays open until the target is closed. */
async function open(options: RecordingOptions): Promise<{ listener: Recording; close(): Promise<void> }> {
  const opened = Promise.withResolvers<Recording>();
  const closing = Promise.withResolvers<void>();
  const done = withListener(options, async (listener) => {
    opened.resolve(listener);
    await closing.promise;
  });
  const listener = await Promise.race([opened.promise, done.then(() => Promise.reject(new Error('closed')))]);
  return {
    listener,
    async close() {
      closing.resolve();
      await done;
    },
  };
}

export const smtpSessions: TargetFile = {
  name: 'smtp-sessions',
  open: () => targetOf('smtp-sessions', { role: 'submission', tls: 'none' }, (input) => input),
};

/** The same behind a load balancer. */
export const proxiedSessions: TargetFile = {
  name: 'proxied-sessions',
  open: () =>
    targetOf(
      'proxied-sessions',
      {
        tls: 'none',
        isBalancer: () => true,
        limits: { memoryPerMessageBytes: 0 },
        smtp: { bareLineEnds: 'normalise' },
      },
      (input) => Buffer.concat([Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.10 56324 25\r\n'), input]),
    ),
};

async function targetOf(
  name: string,
  options: RecordingOptions,
  wrap: (input: Buffer) => Buffer,
): Promise<Target> {
  const { listener, close } = await open(options);
  return {
    name,
    seeds: sessions.map((text) => Buffer.from(text)),
    words,
    longestBytes: 8 * 1024,
    budgetMs: 500,
    isSlow: true,
    async run(input) {
      const octets = Buffer.concat([wrap(input), LEAVE]);
      const atOnce = await play(listener, [octets]);
      checkOutcome(atOnce);
      const cut = await play(listener, fewPiecesOf(octets));
      must(isAlike(atOnce, cut), 'a session ends otherwise when the octets are cut', [atOnce, cut]);
      for (const fault of listener.faults.splice(0))
        must(String(fault).includes('on fire'), 'a hook or the session failed', String(fault));
      must(listener.files().length === 0, 'a file of a message is left behind');
    },
    close,
  };
}

/** Ends what may be a message, and the session. */
const LEAVE = Buffer.from('\r\n.\r\nQUIT\r\n');
/** A session that waits for more is left after this. */
const SILENCE_MS = 150;

function fewPiecesOf(octets: Buffer): Buffer[] {
  const pieces = [...piecesOf(octets)];
  return pieces.length <= 100 ? pieces : [...pieces.slice(0, 99), Buffer.concat(pieces.slice(99))];
}

/** Of a session that was left while it was at work the last replies may be missing. */
const isAlike = (a: Outcome, b: Outcome): boolean =>
  (a.replies.startsWith(b.replies) || b.replies.startsWith(a.replies)) &&
  a.messages.every((message, i) => b.messages[i] === undefined || isDeepStrictEqual(message, b.messages[i]));

interface Outcome {
  readonly replies: string;
  readonly messages: readonly { readonly summary: string; readonly octets: string }[];
}

/** Says the pieces after the greeting, then that this was all. */
async function play(listener: Recording, pieces: readonly Buffer[]): Promise<Outcome> {
  const before = listener.closed.length + listener.turnedAway.length;
  const replies = await converse(listener, pieces);
  await listener.until(
    () => listener.closed.length + listener.turnedAway.length > before && listener.sessions === 0,
  );
  for (let ms = 1; ms < 1_000 && listener.files().length > 0; ms *= 2) await setTimeout(ms);
  const messages = listener.messages.splice(0).map((received) => {
    for (const { address } of [{ address: received.envelope.reversePath }, ...received.envelope.recipients])
      checkAddress(address);
    return { summary: summaryOf(received), octets: received.octets.toString('latin1') };
  });
  listener.closed.splice(0);
  listener.turnedAway.splice(0);
  listener.refused.splice(0);
  return { replies: replies.replace(/as m\d+/g, 'as m'), messages };
}

function checkAddress(address: string): void {
  const parsed = parsePathCommand(`<${address}>`);
  must(
    'address' in parsed && parsed.address === address,
    'an accepted path does not parse to itself',
    address,
  );
}

function checkOutcome({ replies, messages }: Outcome): void {
  must(
    /^(?:[2-5]\d\d[ -][^\r\n\0]*\r\n)*$/.test(replies),
    'what is answered is no reply',
    replies.slice(-200),
  );
  for (const { octets } of messages)
    must(
      !/\r(?!\n)|(?<!\r)\n|\0/.test(octets),
      'a message with a bare line end or NUL is taken',
      octets.slice(0, 200),
    );
}

function converse({ address }: Recording, pieces: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ host: '127.0.0.1', port: address.port, noDelay: true });
    socket.setTimeout(SILENCE_MS, () => socket.end());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
    socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
    void write(socket, pieces);
  });
}

async function write(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece);
    await setImmediate();
  }
}

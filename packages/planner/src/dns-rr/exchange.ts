/**
 * One signed question over TCP (RFC 7766), a connection for each, and its answer, verified. Rejects with `UpdateFault`.
 */
import { randomInt } from 'node:crypto';
import { createConnection } from 'node:net';
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import type { Clock } from '@mailpair/shared/platform/time/clock';
import { faultOfRcode, faultOfSignature, rcodes, UpdateFault } from './faults.ts';
import type { Asked } from './faults.ts';
import { MalformedMessage, parseMessage } from './message.ts';
import type { Message } from './message.ts';
import { signMessage, verifyAnswer } from './tsig.ts';
import type { TsigKey } from './tsig.ts';

export interface Exchange {
  readonly asked: Asked;
  readonly key: TsigKey;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * @param compose gives the unsigned message for an id
 * @param awaited codes that are answers rather than faults
 */
export async function exchange(
  { asked, key, timeoutMs, clock }: Exchange,
  compose: (id: number) => Buffer,
  awaited: readonly number[] = [],
): Promise<Message> {
  const id = randomInt(0x10000);
  const { octets, mac } = signMessage(compose(id), key, clock.now());
  const answer = await send(asked.server, octets, timeoutMs);
  const message = parse(answer, asked.server);
  if (message.id !== id || !message.isResponse || message.isTruncated)
    throw new UpdateFault(`${formatHostPort(asked.server)} answered something that was not asked`);
  const verified = verifyAnswer(answer, message, key, mac, clock.now());
  // A refusal is often given before the key was looked at, and unsigned; it is told, and proves nothing.
  const isRefusal = message.rcode !== rcodes.NOERROR && !awaited.includes(message.rcode);
  if (isRefusal && verified.kind === 'unsigned') throw faultOfRcode(message.rcode, asked);
  const fault = faultOfSignature(verified, asked);
  if (fault) throw fault;
  if (isRefusal) throw faultOfRcode(message.rcode, asked);
  return message;
}

function parse(answer: Buffer, server: HostPort): Message {
  try {
    return parseMessage(answer);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new UpdateFault(`${formatHostPort(server)} answered something malformed: ${error.message}`);
  }
}

/** Two octets of length go before each message. */
function send(server: HostPort, message: Buffer, timeoutMs: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  let received = Buffer.alloc(0);
  const socket = createConnection(server, () => socket.write(Buffer.concat([length, message])));
  const fail = (why: string): void =>
    reject(
      new UpdateFault(`cannot ask the name server ${formatHostPort(server)} (dns.update.server): ${why}`),
    );
  const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length >= 2 && received.length >= 2 + received.readUInt16BE())
      resolve(received.subarray(2, 2 + received.readUInt16BE()));
  });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('it closed the connection'));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

/**
 * A client of clamd by its own protocol (clamd(8): PING, INSTREAM), one connection for each message. The fields that we
 * add on top go first, so that whatever the message begins with is taken for mail and opened as such.
 */
import type { Socket } from 'node:net';
import type { EnginePlace } from '../../config/schema/engine-server.ts';
import type { Body } from '../../platform/values/body.ts';
import { connect } from './connect.ts';
import { octetsOf } from './octets.ts';

export type ClamdAnswer =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly signature: string }
  /** Beyond its StreamMaxLength. */
  | { readonly kind: 'too-big' };

/** Its replies have a line. */
const REPLY_OCTETS = 4_096;
const SIGNATURE_CHARACTERS = 100;

/** @throws saying why nothing is known */
export async function scanByClamd(
  place: EnginePlace,
  head: string,
  body: Body,
  signal: AbortSignal,
): Promise<ClamdAnswer> {
  const reply = await converse(place, signal, async (socket) => {
    socket.write('zINSTREAM\0');
    await send(socket, Buffer.from(head));
    for await (const octets of octetsOf(body)) {
      await send(socket, octets);
      if (socket.destroyed) return;
    }
    socket.write(lengthOf(0));
  });
  return readReply(reply);
}

/** @throws when it does not answer as clamd does */
export async function pingClamd(place: EnginePlace, signal: AbortSignal): Promise<void> {
  const reply = await converse(place, signal, async (socket) => void socket.write('zPING\0'));
  if (reply !== 'PONG') throw new Error(`${saying(reply)} to PING`);
}

export function readReply(reply: string): ClamdAnswer {
  if (reply === 'stream: OK') return { kind: 'clean' };
  const [, signature] = /^stream: (.+) FOUND$/s.exec(reply) ?? [];
  if (signature !== undefined) return { kind: 'found', signature: printable(signature) };
  if (reply.startsWith('INSTREAM size limit exceeded')) return { kind: 'too-big' };
  throw new Error(saying(reply));
}

const saying = (reply: string): string =>
  reply === '' ? 'closed the connection without an answer' : `answers ${printable(reply)}`;

const printable = (text: string): string =>
  text.replace(/[^\x20-\x7e]+/g, '?').slice(0, SIGNATURE_CHARACTERS);

/** A chunk is its length in four octets, then itself. */
function lengthOf(octets: number): Buffer {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(octets);
  return length;
}

/** An empty one would end the message. */
async function send(socket: Socket, octets: Buffer): Promise<void> {
  if (octets.length === 0) return;
  socket.cork();
  socket.write(lengthOf(octets.length));
  const hasRoom = socket.write(octets);
  socket.uncork();
  if (!hasRoom && !socket.destroyed) await roomIn(socket);
}

/** Until more may be written, or nothing can be any more. */
async function roomIn(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('drain', resolve).once('close', resolve);
  await promise;
  socket.off('drain', resolve).off('close', resolve);
}

/** The reply may come before all is written: it is what counts. */
async function converse(
  place: EnginePlace,
  signal: AbortSignal,
  write: (socket: Socket) => Promise<void>,
): Promise<string> {
  const socket = await connect(place, signal);
  const answered = Promise.withResolvers<string>();
  const giveUp = (): void => answered.reject(signal.reason as Error);
  let reply = '';
  socket.setNoDelay(true);
  socket.on('data', (octets) => {
    reply += octets.toString('latin1');
    const end = reply.indexOf('\0');
    if (end >= 0) answered.resolve(reply.slice(0, end));
    else if (reply.length > REPLY_OCTETS) answered.reject(new Error('answers without an end'));
  });
  socket.on('error', ({ message }) => answered.reject(new Error(message)));
  socket.on('close', () => answered.resolve(reply));
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  write(socket).catch((error: Error) => answered.reject(error));
  try {
    return await answered.promise;
  } finally {
    signal.removeEventListener('abort', giveUp);
    socket.destroy();
  }
}

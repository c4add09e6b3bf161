/**
 * A transaction in one write: MAIL, RCPT and the whole message by BDAT LAST (RFC 3030 §4.2, RFC 2920), then three replies.
 *
 * That saves a round trip, and half of the system calls. For one recipient only: of several, those that are refused have
 * to be on disk before the others get the message. A host that refuses the sender or the recipient refuses the chunk as
 * well, after reading it. The price: when the connection breaks before any reply, the host may have the message. So a
 * session that was at rest, and which the host may have ended without our knowing, is not used like this.
 *
 * A host that offers CHUNKING and does not know BDAT takes the lines of the message for commands. So the first chunk that an
 * address gets is our own header fields alone, which begin no command. A host that does not know BDAT is to get the
 * message by DATA, in a session of its own: what such a host answers in this one is about the chunk's lines.
 */
import type { Body } from '../../platform/values/body.ts';
import { formatReply, isPositive, type Reply } from '../../platform/values/reply.ts';
import type { ChunkingHosts } from './chunking-hosts.ts';
import type { Commands } from './commands.ts';
import { START_MAIL_INPUT } from './conclude.ts';
import type { Connection } from './connection.ts';
import { expectWhole, writeChunk } from './message.ts';
import type { Outgoing } from './outgoing.ts';
import { CLOSING, WireFault, type Timeouts, type Wire } from './wire.ts';

/** Stands where the reply to DATA would: nobody asked. */
const GO_ON: Reply = { code: START_MAIL_INPUT, enhanced: '', text: '' };

const LF = 10;
const RESTED_MS = 1_000;

/** Whether the message may go so. What lies in a file would be sent for nothing when its recipient is refused. */
export const mayGoAtOnce = (
  { asked, refusals }: Commands,
  { body, head }: Outgoing,
  connection: Connection,
  hosts: ChunkingHosts,
): boolean =>
  connection.extensions.chunking &&
  connection.extensions.pipelining &&
  asked.length === 1 &&
  refusals.length === 1 &&
  isWhole(body) &&
  connection.wire.restedMs < RESTED_MS &&
  hosts.mayBeUsed(connection) &&
  (head !== '' || hosts.isProven(connection));

/** In memory, and its last line ended: DATA would end it, a chunk is taken as it is. */
const isWhole = ({ chunks }: Body): boolean => chunks?.at(-1)?.at(-1) === LF;

/** The host offers CHUNKING and does not know BDAT, so it has nothing of the message. */
export class NoChunking extends Error {
  override name = 'NoChunking';
}

interface Progress {
  readonly replies: Reply[];
  /** All of the message is on its way. */
  dotSent: boolean;
}

/**
 * Reads the replies into `progress`, as if DATA had been sent.
 * @throws BodyFault before anything is sent, NoChunking, WireFault
 */
export async function sendAtOnce(
  connection: Connection,
  outgoing: Outgoing,
  { mail, rcpts }: Commands,
  progress: Progress,
  timeouts: Timeouts,
  hosts: ChunkingHosts,
): Promise<void> {
  const { wire } = connection;
  const { replies } = progress;
  const commands = mail + rcpts.join('');
  expectWhole(outgoing.body);
  progress.dotSent = hosts.isProven(connection);
  if (progress.dotSent) writeChunk(wire, commands, outgoing);
  else wire.write(`${commands}BDAT ${Buffer.byteLength(outgoing.head)}\r\n${outgoing.head}`);
  try {
    await wire.read(replies, 2, timeouts.commandMs);
  } finally {
    if (!isTaken(replies)) progress.dotSent = false; // what it refused it does not have
  }
  if (replies.at(-1)!.code === CLOSING) return;
  replies.push(GO_ON);
  if (progress.dotSent || !isTaken(replies)) await wire.read(replies, 4, timeouts.messageMs);
  else await sendRest(wire, outgoing, connection, progress, timeouts, hosts);
  if (!isTaken(replies) || !isUnknownCommand(replies[3]!)) return;
  progress.dotSent = false;
  throw noChunking(connection, hosts, `answered "${formatReply(replies.pop()!)}"`);
}

function noChunking(connection: Connection, hosts: ChunkingHosts, reason: string): NoChunking {
  hosts.refused(connection, reason);
  return new NoChunking(`offers CHUNKING, but ${reason} to BDAT; it gets DATA for a while`);
}

/** The message itself, once the host has taken the chunk before it. */
async function sendRest(
  wire: Wire,
  { body }: Outgoing,
  connection: Connection,
  progress: Progress,
  { commandMs, messageMs }: Timeouts,
  hosts: ChunkingHosts,
): Promise<void> {
  const { replies } = progress;
  try {
    await wire.read(replies, 4, commandMs);
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw noChunking(connection, hosts, error.message);
  }
  if (!isPositive(replies[3]!)) return;
  hosts.took(connection);
  replies.pop();
  progress.dotSent = true;
  writeChunk(wire, '', { head: '', body });
  await wire.read(replies, 4, messageMs);
}

/** Sender and recipient are taken. */
const isTaken = ([mail, rcpt]: readonly Reply[]): boolean =>
  mail !== undefined && isPositive(mail) && rcpt !== undefined && isPositive(rcpt);

/** What is said of a command that is not known (RFC 5321 §4.2.4), and never of a message. */
const isUnknownCommand = ({ code }: Reply): boolean =>
  code === 500 || code === 501 || code === 502 || code === 504;

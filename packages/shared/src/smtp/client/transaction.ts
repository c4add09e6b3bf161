/**
 * One transaction with a next hop (RFC 5321 §3.3): MAIL, RCPT for each recipient, DATA, the message.
 *
 * With PIPELINING (RFC 2920) MAIL, every RCPT and DATA leave in one write, and the message in a second one; or all of it in
 * one, see at-once.ts. Whatever
 * happens, each recipient gets a reply, theirs or one of ours, and the caller learns whether the session stands at a
 * known boundary (`clean`). Nothing is rejected. A message is never delivered empty or cut off: where DATA was
 * taken and the message is not to follow, the session is to be dropped.
 */
import { failpoints } from '../../platform/process/failpoint.ts';
import type { NextHop } from '../../platform/values/next-hop.ts';
import { formatReply, isPositive, replies, type Reply } from '../../platform/values/reply.ts';
import { mayGoAtOnce, NoChunking, sendAtOnce } from './at-once.ts';
import type { ChunkingHosts } from './chunking-hosts.ts';
import { composeCommands, type Commands } from './commands.ts';
import {
  conclude,
  outOfStep,
  START_MAIL_INPUT,
  stepsOf,
  type RecipientResult,
  type Said,
} from './conclude.ts';
import type { Connection } from './connection.ts';
import { faultReply, type HostFault } from './faults.ts';
import { BodyFault, sendMessage } from './message.ts';
import type { Outgoing } from './outgoing.ts';
import { hasUtf8Header } from './utf8-header.ts';
import { CLOSING, WireFault, type Timeouts, type Wire } from './wire.ts';

export interface TransactionOptions {
  readonly timeouts: Timeouts;
  /**
   * Asked before the message is sent when some recipients were accepted and some were not, with a reply for each.
   * False: do not deliver to any.
   */
  readonly proceed?: ((replies: readonly Reply[]) => boolean | Promise<boolean>) | undefined;
  /** Recipients of the same message were refused elsewhere: ask even if all of these are accepted. */
  readonly refusedElsewhere?: boolean | undefined;
  /** BDAT may be used where the host offers it, by what is known of hosts. */
  readonly chunking?: ChunkingHosts | undefined;
}

export interface TransactionResult {
  /** In the order of the envelope's recipients. */
  readonly recipients: readonly RecipientResult[];
  /** The session may be used again. */
  readonly clean: boolean;
  /** Nothing was delivered, and a session that had been used before, or BDAT, is to blame: try a fresh one. */
  readonly retryFresh: boolean;
  /** `proceed` said no. */
  readonly abandoned: boolean;
  /** A fault on this side ended it. */
  readonly localFault: boolean;
  /** What is wrong with the host, if anything. */
  readonly fault?: HostFault | undefined;
}

/** What a transaction has come to so far. */
interface Progress extends Said {
  readonly replies: Reply[];
  dotSent: boolean;
  isChunked: boolean;
  /** The host does not know BDAT. */
  isUnchunked: boolean;
  fault?: HostFault;
  ours?: Reply;
  abandoned: boolean;
}

const ABANDONED: Reply = {
  code: 451,
  enhanced: '4.5.0',
  text: 'Not sent, because another recipient of the message was refused',
};
const UNREADABLE: Reply = {
  code: 451,
  enhanced: '4.3.0',
  text: 'The message could not be read on this host',
};

/** Resolves always. */
export async function transact(
  connection: Connection,
  outgoing: Outgoing,
  options: TransactionOptions,
): Promise<TransactionResult> {
  const reused = connection.messages > 0;
  const progress: Progress = {
    replies: [],
    dotSent: false,
    isChunked: false,
    isUnchunked: false,
    abandoned: false,
  };
  const needsLook = outgoing.smtpUtf8 && !connection.extensions.smtpUtf8;
  const utf8Header = needsLook && (await hasUtf8Header(outgoing));
  const hop = { extensions: connection.extensions, tls: connection.tls !== null };
  const commands = composeCommands(outgoing, hop, utf8Header);
  if (commands.asked.length > 0) {
    connection.messages += 1;
    try {
      await converse(connection, outgoing, commands, progress, options);
    } catch (error) {
      noteFault(error, connection, commands, progress);
    }
  }
  const boundary = toBoundary(connection, commands, progress, options.timeouts);
  const clean = typeof boundary === 'boolean' ? boundary : await boundary;
  return resultOf(connection, commands, progress, clean, reused);
}

/** What a transaction comes to that was never begun: the session stands where it stood. */
export const notBegun = async ({ recipients }: Outgoing): Promise<TransactionResult> => ({
  recipients: recipients.map(() => ({ stage: 'check', reply: replies.notBegun, uncertain: false })),
  clean: true,
  retryFresh: false,
  abandoned: true,
  localFault: true,
});

async function converse(
  connection: Connection,
  outgoing: Outgoing,
  commands: Commands,
  progress: Progress,
  options: TransactionOptions,
): Promise<void> {
  const { extensions, wire } = connection;
  const { replies } = progress;
  const { timeouts, chunking } = options;
  const { commandMs, messageMs } = timeouts;
  const { mail, rcpts } = commands;
  const toData = rcpts.length + 2;
  if (chunking && !options.refusedElsewhere && mayGoAtOnce(commands, outgoing, connection, chunking)) {
    progress.isChunked = true;
    return sendAtOnce(connection, outgoing, commands, progress, timeouts, chunking);
  }
  if (extensions.pipelining) {
    wire.write(`${mail}${rcpts.join('')}DATA\r\n`);
    await wire.read(replies, toData, commandMs);
  } else {
    for (const command of [mail, ...rcpts]) {
      wire.write(command);
      await wire.read(replies, replies.length + 1, commandMs);
      if (isOver(replies)) return;
    }
  }
  if (isOver(replies) || !anyAccepted(replies, rcpts.length) || refusesData(replies[toData - 1])) return;
  if (!allAccepted(replies, commands, options) && !(await mayProceed(wire, commands, progress, options)))
    return;
  if (!extensions.pipelining) {
    wire.write('DATA\r\n');
    await wire.read(replies, toData, commandMs);
    if (refusesData(replies[toData - 1])) return;
  }
  if (failpoints) await failpoints.pass('send.envelope-taken');
  const sent = sendMessage(wire, outgoing, commandMs);
  progress.dotSent = typeof sent === 'boolean' ? sent : await sent;
  if (failpoints) {
    wire.sendNow();
    await failpoints.pass('send.message-sent');
  }
  await wire.read(replies, toData + 1, messageMs);
  if (progress.dotSent || !isPositive(replies.at(-1)!)) return;
  replies.pop();
  throw new WireFault('lost', 'said it had the message before it was sent');
}

/** MAIL was refused, or the host is closing. */
const isOver = (replies: readonly Reply[]): boolean =>
  !isPositive(replies[0]!) || replies.at(-1)!.code === CLOSING;

const anyAccepted = (replies: readonly Reply[], count: number): boolean =>
  replies.slice(1, count + 1).some(isPositive);

const refusesData = (data: Reply | undefined): boolean =>
  data !== undefined && data.code !== START_MAIL_INPUT;

/** Nobody needs to be asked whether to go on. */
const allAccepted = (
  replies: readonly Reply[],
  { refusals, asked }: Commands,
  { refusedElsewhere = false }: TransactionOptions,
): boolean =>
  !refusedElsewhere &&
  asked.length === refusals.length &&
  asked.every((_recipient, place) => isPositive(replies[place + 1]!));

async function mayProceed(
  wire: Wire,
  { refusals, asked }: Commands,
  progress: Progress,
  { proceed }: TransactionOptions,
): Promise<boolean> {
  if (!proceed) return true;
  const replies = [...refusals];
  asked.forEach((recipient, place) => (replies[recipient] = progress.replies[place + 1]));
  const answer = proceed(replies as Reply[]);
  if (typeof answer === 'boolean' ? answer : await wire.during(answer)) return true;
  progress.abandoned = true;
  progress.ours = ABANDONED;
  return false;
}

function noteFault(error: unknown, { hop }: Connection, { asked }: Commands, progress: Progress): void {
  if (error instanceof WireFault) {
    const step = STEPS[stepOf(progress.replies.length, asked.length)];
    const text = `${hop.host} ${error.message} before its reply to ${step}`;
    progress.fault = { kind: error.kind, reply: faultReply('lost', text) };
  } else if (error instanceof NoChunking) {
    progress.fault = { kind: 'lost', reply: faultReply('lost', `${hop.host} ${error.message}`) };
    progress.isUnchunked = true;
  } else if (error instanceof BodyFault) {
    progress.ours = { ...UNREADABLE, text: `${UNREADABLE.text}: ${error.message}` };
  } else {
    progress.ours = replies.localFault;
  }
}

const STEPS = { mail: 'MAIL', rcpt: 'RCPT', data: 'DATA', message: 'the message' } as const;

function stepOf(answered: number, count: number): keyof typeof STEPS {
  if (answered === 0) return 'mail';
  if (answered <= count) return 'rcpt';
  return answered === count + 1 ? 'data' : 'message';
}

/** Leaves the session where the next transaction may begin; false when it must be dropped. */
function toBoundary(
  { wire }: Connection,
  { asked }: Commands,
  { replies, dotSent, isChunked, fault }: Progress,
  { commandMs }: Timeouts,
): boolean | Promise<boolean> {
  if (fault || replies.at(-1)?.code === CLOSING || outOfStep(replies, asked.length)) return false;
  const { data, message } = stepsOf(replies, asked.length);
  // A chunk that was refused leaves the transaction as it was.
  const isRefusedChunk = isChunked && message !== undefined && !isPositive(message);
  if (data?.code === START_MAIL_INPUT && !isRefusedChunk)
    return dotSent && message !== undefined && wire.usable;
  if (asked.length === 0) return wire.usable;
  return wire.usable && sayReset(wire, commandMs);
}

async function sayReset(wire: Wire, commandMs: number): Promise<boolean> {
  try {
    wire.write('RSET\r\n');
    const reset: Reply[] = [];
    await wire.read(reset, 1, commandMs);
    return isPositive(reset[0]!) && wire.usable;
  } catch {
    return false;
  }
}

function resultOf(
  { hop }: Connection,
  commands: Commands,
  progress: Progress,
  clean: boolean,
  reused: boolean,
): TransactionResult {
  const fault = progress.fault ?? hostFaultIn(progress.replies, commands.asked.length, hop);
  return {
    recipients: conclude(commands, progress),
    clean,
    retryFresh:
      (reused || progress.isUnchunked) && fault !== undefined && !progress.dotSent && !progress.ours,
    abandoned: progress.abandoned,
    localFault: progress.ours !== undefined && !progress.abandoned,
    fault,
  };
}

function hostFaultIn(replies: readonly Reply[], count: number, { host }: NextHop): HostFault | undefined {
  const last = replies.at(-1);
  if (last?.code === CLOSING) return { kind: 'unavailable', reply: last };
  const odd = outOfStep(replies, count);
  return (
    odd && { kind: 'lost', reply: faultReply('lost', `${host} answered out of step: ${formatReply(odd)}`) }
  );
}

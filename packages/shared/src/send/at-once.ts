/**
 * A transaction in one write: MAIL, RCPT and the whole message by BDAT LAST (RFC 3030 §4.2, RFC 2920), then three replies.
 *
 * That saves a round trip, and half of the system calls. For one recipient only: of several, those that are refused have
 * to be on disk before the others get the message. A host that refuses the sender or the recipient refuses the chunk as
 * well, after reading it. The price: when the connection breaks before any reply, the host may have the message. So a
 * session that was at rest, and which the host may have ended without our knowing, is not used like this.
 */
import type { Body } from '../values/body.ts';
import type { Reply } from '../values/reply.ts';
import type { Commands } from './commands.ts';
import { START_MAIL_INPUT } from './conclude.ts';
import type { Extensions } from './extensions.ts';
import { writeChunk } from './message.ts';
import type { Outgoing } from './outgoing.ts';
import { CLOSING, type Timeouts, type Wire } from './wire.ts';

/** Stands where the reply to DATA would: nobody asked. */
const GO_ON: Reply = { code: START_MAIL_INPUT, enhanced: '', text: '' };

const LF = 10;
const RESTED_MS = 1_000;

/** Whether the message may go so. What lies in a file would be sent for nothing when its recipient is refused. */
export const mayGoAtOnce = (
  { asked, refusals }: Commands,
  { body }: Outgoing,
  { chunking, pipelining }: Extensions,
  { restedMs }: Pick<Wire, 'restedMs'>,
): boolean =>
  chunking &&
  pipelining &&
  asked.length === 1 &&
  refusals.length === 1 &&
  isWhole(body) &&
  restedMs < RESTED_MS;

/** In memory, and its last line ended: DATA would end it, a chunk is taken as it is. */
const isWhole = ({ chunks }: Body): boolean => chunks?.at(-1)?.at(-1) === LF;

/**
 * Reads the replies into `into`, as if DATA had been sent.
 * @throws BodyFault before anything is sent, WireFault
 */
export async function sendAtOnce(
  wire: Wire,
  outgoing: Outgoing,
  { mail, rcpts }: Commands,
  into: Reply[],
  { commandMs, messageMs }: Timeouts,
): Promise<void> {
  writeChunk(wire, mail + rcpts.join(''), outgoing);
  await wire.read(into, 2, commandMs);
  if (into.at(-1)!.code === CLOSING) return;
  into.push(GO_ON);
  await wire.read(into, 4, messageMs);
}

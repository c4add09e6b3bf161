/**
 * From the replies of a transaction to what each recipient was told. Pure, so that every ending can be a line in a
 * table: refusals at any step, 421, replies out of step, a connection that breaks with and without the dot sent.
 */
import { isPositive, type Reply } from '../../platform/values/reply.ts';
import type { Stage } from './classify.ts';
import type { Commands } from './commands.ts';
import { faultReply, type HostFault } from './faults.ts';
import { CLOSING } from './wire.ts';

/** What was said in a transaction. */
export interface Said {
  /** Theirs, in the order of the commands: MAIL, each RCPT, DATA, the message. Shorter when it ended before. */
  readonly replies: readonly Reply[];
  /** The final dot is on its way: the host may have taken the message. */
  readonly dotSent: boolean;
  /** What ended it in place of a reply: the connection, or (`ours`) something on this side. */
  readonly fault?: HostFault | undefined;
  readonly ours?: Reply | undefined;
}

export interface RecipientResult {
  readonly stage: Stage;
  readonly reply: Reply;
  /** The host may have the message although it did not say so. */
  readonly uncertain: boolean;
}

export function conclude({ refusals, asked }: Commands, said: Said): RecipientResult[] {
  const results = refusals.map((reply) => reply && tell('check', reply));
  const steps = stepsOf(said.replies, asked.length);
  asked.forEach((recipient, place) => (results[recipient] = resultOf(place, steps, said)));
  return results as RecipientResult[];
}

function resultOf(place: number, { mail, rcpts, data, message }: Steps, said: Said): RecipientResult {
  const rcpt = rcpts[place];
  if (mail && !isPositive(mail)) return tell('mail', mail);
  if (rcpt && !isPositive(rcpt)) return tell('rcpt', rcpt);
  if (message) return tell('message', message);
  if (data && data.code !== START_MAIL_INPUT) return tell('data', data);
  if (said.ours) return tell('check', said.ours);
  const last = said.replies.at(-1);
  if (last?.code === CLOSING) return tell('rcpt', last);
  const { reply } = said.fault ?? UNKNOWN;
  if (!said.dotSent) return tell('connection', reply);
  return {
    stage: 'connection',
    reply: { ...reply, text: `${reply.text}${MAY_HAVE_ARRIVED}` },
    uncertain: true,
  };
}

const MAY_HAVE_ARRIVED = '; all of the message had been sent, so it may have arrived and may come twice';
const UNKNOWN: HostFault = { kind: 'lost', reply: faultReply('lost', 'The session ended without a reply') };

/** 354, the only reply to DATA that asks for the message. */
export const START_MAIL_INPUT = 354;

interface Steps {
  readonly mail: Reply | undefined;
  readonly rcpts: readonly Reply[];
  readonly data: Reply | undefined;
  readonly message: Reply | undefined;
}

export function stepsOf(replies: readonly Reply[], count: number): Steps {
  return {
    mail: replies[0],
    rcpts: replies.slice(1, count + 1),
    data: replies[count + 1],
    message: replies[count + 2],
  };
}

/**
 * A reply that belongs to no step as it stands: the session has come out of step, and what it says is about no
 * message. Replies after one that explains them (503 to DATA when no recipient was taken) are in step.
 */
export function outOfStep(replies: readonly Reply[], count: number): Reply | undefined {
  if (isSmooth(replies, count)) return undefined;
  const { mail, rcpts, data, message } = stepsOf(replies, count);
  const odd = (reply: Reply | undefined): boolean => reply !== undefined && !isAnswer(reply);
  if (odd(mail)) return mail;
  if (!mail || !isPositive(mail)) return undefined;
  const oddRcpt = rcpts.find(odd);
  if (oddRcpt || !rcpts.some(isPositive)) return oddRcpt;
  if (data && data.code !== START_MAIL_INPUT && (odd(data) || isPositive(data))) return data;
  return odd(message) ? message : undefined;
}

/** Everything was asked for and granted. */
const isSmooth = (replies: readonly Reply[], count: number): boolean =>
  replies.length === count + 3 &&
  replies.every((reply, place) =>
    place === count + 1 ? reply.code === START_MAIL_INPUT : isPositive(reply),
  );

const BAD_SEQUENCE = 503;
const isAnswer = ({ code }: Reply): boolean =>
  code >= 200 && (code < 300 || code >= 400) && code !== BAD_SEQUENCE;

const tell = (stage: Stage, reply: Reply): RecipientResult => ({
  stage,
  reply: reply.code === 0 ? garbled(reply) : reply,
  uncertain: false,
});

const garbled = ({ text }: Reply): Reply => ({
  code: 451,
  enhanced: '4.5.0',
  text: `The next host answered with what is no SMTP reply: "${text}"`,
});

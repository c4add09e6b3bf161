/**
 * What is known about recipients, and what follows from it. Pure.
 *
 * A positive answer is good for `positiveTtlMs`; past a quarter of that it is asked again in the background, so
 * that an outage of the local server finds it fresh. A negative one is good for `negativeTtlMs`.
 */
import { isPermanent, isPositive, replies, type Reply } from '../values/reply.ts';

export interface Knowledge {
  readonly valid: boolean;
  readonly learnedAt: number;
}

/**
 * What two gateways know, put together: the later lesson. At the same moment valid wins, for to refuse is for good.
 * It does not matter who tells whom, how often and in which order.
 */
export function newest(one: Knowledge, other: Knowledge): Knowledge {
  if (one.learnedAt !== other.learnedAt) return one.learnedAt > other.learnedAt ? one : other;
  return one.valid ? one : other;
}

export interface KnowledgeRules {
  readonly positiveTtlMs: number;
  readonly negativeTtlMs: number;
}

export type Standing = 'valid' | 'valid-ask-again' | 'invalid' | 'unknown';

export function standingOf(knowledge: Knowledge | undefined, now: number, rules: KnowledgeRules): Standing {
  if (!knowledge) return 'unknown';
  const age = now - knowledge.learnedAt;
  if (!knowledge.valid) return age < rules.negativeTtlMs ? 'invalid' : 'unknown';
  if (age >= rules.positiveTtlMs) return 'unknown';
  return age < rules.positiveTtlMs / 4 ? 'valid' : 'valid-ask-again';
}

export interface Lesson {
  /** What to answer the client at RCPT. */
  readonly reply: Reply;
  /** What to remember; absent when the answer says nothing lasting about the mailbox. */
  readonly valid?: boolean;
}

/**
 * What a local server's answer to RCPT teaches. Only an answer about the mailbox itself is a proof that it does not
 * exist: `5.1.x`, or 550, 551, 553 without a code that says otherwise. A refusal of us (`5.7.x`) is a fault to
 * mend and the client's mail waits.
 */
export function learnFrom(answer: Reply | null): Lesson {
  if (!answer) return { reply: replies.unverifiedRecipient };
  if (isPositive(answer)) return { reply: replies.rcptOk, valid: true };
  if (saysUnknown(answer)) return { reply: replies.unknownRecipient, valid: false };
  if (isPermanent(answer) && answer.enhanced.startsWith('5.2.')) return { reply: answer, valid: true };
  return { reply: replies.unverifiedRecipient };
}

export function saysUnknown(answer: Reply): boolean {
  if (!isPermanent(answer)) return false;
  if (answer.enhanced) return answer.enhanced.startsWith('5.1.');
  return answer.code === 550 || answer.code === 551 || answer.code === 553;
}

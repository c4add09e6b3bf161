/**
 * What is known about recipients, and what follows from it. Pure.
 *
 * A positive answer is good for `positiveTtlMs`; past a quarter of that it is asked again in the background, so
 * that an outage of the local server finds it fresh. A negative one is good for `negativeTtlMs`.
 */
import {
  isPermanent,
  isPlainRefusal,
  isPositive,
  saysNoMailbox,
  type Reply,
} from '../../platform/values/reply.ts';

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

/**
 * What a local server's answer to RCPT says about the mailbox: it exists, it does not, it is refused without a reason that
 * concerns the mailbox for certain, or nothing lasting. A mailbox that is full or disabled (5.2.x) exists.
 */
export type Lesson = 'valid' | 'unknown' | 'plain-refusal' | 'nothing';

export function lessonOf(answer: Reply | null): Lesson {
  if (!answer) return 'nothing';
  if (isPositive(answer) || (isPermanent(answer) && answer.enhanced.startsWith('5.2.'))) return 'valid';
  if (saysNoMailbox(answer)) return 'unknown';
  return isPlainRefusal(answer) ? 'plain-refusal' : 'nothing';
}

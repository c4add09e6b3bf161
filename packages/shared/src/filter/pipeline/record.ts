/** What is kept of decisions: of a message, of a refused recipient, and of what followed. Plain JSON. */
import type { Facts } from './facts.ts';
import type { Reply } from '../../platform/values/reply.ts';
import type { Finding, Verdict } from '../contract/verdict.ts';

export interface MessageRecord {
  readonly kind: 'message';
  readonly id: string;
  /** When its last octet was received. */
  readonly at: number;
  /** The node. */
  readonly host: string;
  readonly session: string;
  readonly listener: string;
  /** As they stand in the header, shortened; '' where there is none. */
  readonly messageId: string;
  readonly from: string;
  readonly subject: string;
  readonly facts: Facts;
  /** All findings, each once; judgements name them by their place. */
  readonly findings: readonly Finding[];
  readonly judgements: readonly JudgementRecord[];
  /** What its client was told. */
  readonly reply: Reply;
  /** From the last octet to the reply. */
  readonly tookMs: number;
}

/** For those of `facts.recipients` to whom the same applies. */
export interface JudgementRecord {
  readonly recipients: readonly string[];
  readonly verdict: Verdict;
  readonly score: number;
  readonly findings: readonly number[];
  /** What was done instead, where mail is only observed. */
  readonly done?: Verdict['kind'];
}

/** A recipient was refused at RCPT. */
export interface RefusalRecord {
  readonly kind: 'refusal';
  readonly at: number;
  readonly host: string;
  readonly session: string;
  readonly listener: string;
  readonly client: string;
  readonly helo: string;
  readonly reversePath: string;
  readonly recipient: string;
  readonly reply: Reply;
  /** Where a check refused it. */
  readonly judged?: {
    readonly facts: Facts;
    readonly verdict: Verdict;
    readonly score: number;
    readonly findings: readonly Finding[];
  };
}

/** Something happened to a message: `relayed`, `deferred`, `bounced`, `quarantined`, `released` … */
export interface EventRecord {
  readonly kind: 'event';
  /** Of the message, or of its entry in the queue. */
  readonly id: string;
  readonly at: number;
  readonly host: string;
  readonly event: string;
  readonly recipients: readonly string[];
  readonly reply?: Reply;
  /** Who gave the reply. */
  readonly by?: string;
  /** The entry in the queue that it became. */
  readonly entry?: string;
}

export type AnyRecord = MessageRecord | RefusalRecord | EventRecord;

/** What the checks decide about a message before our 250 (stage `judge`). */
import type { Reply } from '../../platform/values/reply.ts';

/** What one check found. */
export interface Finding {
  /** The check, and the rule of it, as operators write them: `dns-list.zen.spamhaus.org`. */
  readonly rule: string;
  /** Added to the score of the message: positive speaks against it, negative for it. */
  readonly score: number;
  /** What was seen, for a person: `192.0.2.7 is listed (127.0.0.2)`. */
  readonly evidence: string;
  /**
   * What follows from this finding, unless the score or another finding asks for more. `allow` sets scores, greylisting and lists
   * aside, but not what is `firm`.
   */
  readonly verdict?: 'allow' | 'defer' | 'reject' | 'quarantine' | 'hold' | 'discard';
  /** With `defer` and `reject`: what the client is told. */
  readonly reply?: Reply;
  /** No `allow` sets it aside: a virus, a loop, a limit. */
  readonly firm?: true;
  /** The check could not run; `evidence` says why. */
  readonly missing?: true;
}

/**
 * - `tag`: accept, and say in the header (and the subject, where asked for) that it looks like spam
 * - `quarantine`: taken with 250 and kept here until released or expired
 * - `hold`: taken with 250 and kept in the queue until the operator releases it (mail of submitters)
 * - `discard`: taken with 250 and dropped; only ever by a rule of the operator
 */
export type Verdict =
  | { readonly kind: 'accept' | 'tag' | 'quarantine' | 'hold' | 'discard'; readonly reason: string }
  | { readonly kind: 'defer' | 'reject'; readonly reason: string; readonly reply: Reply };

export interface Judgement {
  readonly verdict: Verdict;
  readonly score: number;
  readonly findings: readonly Finding[];
}

/** What is learnt of mail that comes from our own submitters. */
import type { SubmitterFacts, UsageFacts } from '../../directory/submitters/usage-facts.ts';

export interface AuthorFacts {
  /** Addresses in From fields, domains normalised; '' stands for one that cannot be read. */
  readonly from: readonly string[];
}

export interface SubmitterLearnable {
  /** Who of our submitters it is. */
  readonly submitter: SubmitterFacts;
  /** Whom a submitter names in From, where that is checked. */
  readonly author: AuthorFacts;
  /** What a submitter has sent so far. */
  readonly usage: UsageFacts;
}

/** What is learnt of mail that comes from our own submitters. */
import type { SubmitterCounts, SubmitterHold } from '../../platform/values/submitter.ts';

export interface SubmitterFacts {
  /** The user, the reverse-path at a trusted host, or the address of that host. */
  readonly name: string;
}

/** What it has sent, this message included. */
export interface UsageFacts extends SubmitterFacts {
  readonly counts: SubmitterCounts;
  readonly held?: SubmitterHold;
}

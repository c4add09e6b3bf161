/** What was learnt of a message or a recipient, and what follows from it. */
import type { Facts } from './facts.ts';
import type { Judgement, Verdict } from './verdict.ts';

export interface Judgements {
  /** In the order of the recipients. */
  readonly judgements: readonly Judgement[];
  /** What is to be done, in the same order: the verdicts of the judgements, but where mail is only observed. */
  readonly verdicts: readonly Verdict[];
}

export interface Judged<L = object> extends Judgements {
  readonly facts: Facts<L>;
}

/** All that can be learnt, of all subjects. */
import type { BayesLearnable } from '../bayes/facts.ts';
import type { ClientNameLearnable } from '../client-name/facts.ts';
import type { ContentLearnable } from '../content/facts.ts';
import type * as contract from '../contract/facts.ts';
import type { AuthenticationLearnable } from '../dkim-dmarc-arc/facts.ts';
import type { ListLearnable } from '../dns-lists/facts.ts';
import type { EngineLearnable } from '../engines/facts.ts';
import type { GreylistLearnable } from '../greylist/facts.ts';
import type { SpfLearnable } from '../spf/facts.ts';
import type { SubmitterLearnable } from '../submitters/facts.ts';

export interface Learnable
  extends
    ClientNameLearnable,
    ListLearnable,
    ContentLearnable,
    EngineLearnable,
    BayesLearnable,
    SpfLearnable,
    AuthenticationLearnable,
    SubmitterLearnable,
    GreylistLearnable {}

export type FactName = keyof Learnable;

export type Learnt = contract.Learnt<Learnable>;

export type Facts = contract.Facts<Learnable>;

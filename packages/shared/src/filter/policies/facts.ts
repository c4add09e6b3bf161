/** What lists and rules of the operator read of what was learnt. */
import type { ContentLearnable } from '../content/facts.ts';
import type { AuthenticationLearnable } from '../dkim-dmarc-arc/facts.ts';
import type { SpfLearnable } from '../spf/facts.ts';

export type PolicyReads = ContentLearnable & SpfLearnable & AuthenticationLearnable;

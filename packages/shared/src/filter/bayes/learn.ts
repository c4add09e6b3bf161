/** How likely a message is spam by what was taught; nothing while too little was, so that no message is read for it. */
import { after } from '../../platform/fast/after.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Content } from '../../platform/values/content.ts';
import type { ListenerRole, Session } from '../../platform/values/session.ts';
import type { LearnerOf } from '../contract/learner.ts';
import type { BayesLearnable } from './facts.ts';
import type { Bayes } from './open-bayes.ts';
import { tokensOf } from './tokens.ts';

export interface BayesLearnerParts {
  readonly bayes: Pick<Bayes, 'classify' | 'judges'>;
  readonly roles: readonly ListenerRole[];
  contentOf(body: Body, session: Session): Content | Promise<Content>;
}

export const bayesLearner = ({
  bayes,
  roles,
  contentOf,
}: BayesLearnerParts): LearnerOf<BayesLearnable, 'bayes'> => ({
  name: 'bayes',
  stage: 'message',
  roles,
  learn({ message, session }) {
    if (!message || !bayes.judges()) return undefined;
    return after(contentOf(message.body, session), (content) => bayes.classify(tokensOf(content)));
  },
});

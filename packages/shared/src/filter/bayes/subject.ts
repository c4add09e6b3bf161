/** What the classifier says of a message, by what this site called spam and ham. */
import type { Settings } from '../../config/settings.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Subject, SubjectParts } from '../contract/subject.ts';
import { bayesCheck } from './check.ts';
import type { BayesLearnable } from './facts.ts';
import { bayesLearner } from './learn.ts';
import { openLearning } from './learning.ts';

/** Whose messages are learnt. */
const operator = { client: { address: '127.0.0.1', port: 0 }, trusted: true };

export const bayes = {
  checks: (settings) => [bayesCheck({ ...settings.bayes, roles: rolesOf(settings) })],
  open(parts: SubjectParts) {
    const { contentOf } = parts;
    const learning = openLearning({ ...parts, contentOf: (body) => contentOf(body, operator) });
    return {
      configure(settings: Settings) {
        learning.reload();
        return [bayesLearner({ bayes: learning, roles: rolesOf(settings), contentOf })];
      },
      learning,
      close: learning.close,
    };
  },
} satisfies Subject<BayesLearnable>;

/** The listeners whose mail is classified. */
const rolesOf = ({ bayes: { mode } }: Settings): readonly ListenerRole[] =>
  mode === 'all' ? ['mx', 'submission'] : mode === 'mx' ? ['mx'] : [];

/** Our own submitters: whether they may call themselves so, and how much they have sent. */
import { createSubmitterRules } from '../../directory/submitters/rules.ts';
import type { Settings } from '../../config/settings.ts';
import type { Subject } from '../contract/subject.ts';
import type { SubmitterLearnable } from './facts.ts';
import { authorLearner, submitterLearner, usageLearner } from './learn.ts';
import { submitterLimitsCheck } from './limits-check.ts';
import { authorCheck, reversePathCheck } from './sender-check.ts';

export const submitters = {
  checks(settings) {
    const submitterOf = createSubmitterRules(settings);
    return [reversePathCheck(submitterOf), authorCheck(submitterOf), submitterLimitsCheck];
  },
  open: ({ charge }) => ({
    configure(settings: Settings) {
      const submitterOf = createSubmitterRules(settings);
      return [
        submitterLearner(submitterOf),
        authorLearner(submitterOf),
        ...(charge ? [usageLearner(charge)] : []),
      ];
    },
  }),
} satisfies Subject<SubmitterLearnable>;

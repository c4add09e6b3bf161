/** A submitter that is beyond a limit, or held by hand: its mail is taken and waits for the operator. */
import type { SubmitterLearnable } from './facts.ts';
import type { Check } from '../contract/check.ts';

export const submitterLimitsCheck: Check<SubmitterLearnable> = {
  name: 'submitter',
  stage: 'message',
  roles: ['submission'],
  needs: ['usage'],
  onFault: 'accept',
  judge({ learnt: { usage } }) {
    if (usage?.kind !== 'known' || !usage.value.held) return [];
    const { name, held } = usage.value;
    return [
      {
        rule: 'submitter.held',
        score: 0,
        evidence: `${name} is held: ${held.reason}`,
        verdict: 'hold',
        firm: true,
      },
    ];
  },
};

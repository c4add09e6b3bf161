/** Loop detection by counting Received fields (RFC 5321 §6.3). */
import { replies } from '../../platform/values/reply.ts';
import type { Check } from '../contract/check.ts';

export const loopCheck = (maxHops: number): Check => ({
  name: 'loop',
  stage: 'message',
  roles: ['mx', 'submission'],
  needs: [],
  onFault: 'accept',
  judge({ message }) {
    const hops = message?.hops ?? 0;
    if (hops <= maxHops) return [];
    return [
      {
        rule: 'loop',
        score: 0,
        evidence: `${hops} Received fields, smtp.maxHops is ${maxHops}`,
        verdict: 'reject',
        reply: replies.loop(hops),
        firm: true,
      },
    ];
  },
});

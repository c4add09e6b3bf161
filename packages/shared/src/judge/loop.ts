/** Loop detection by counting Received fields (RFC 5321 §6.3). */
import { replies } from '../values/reply.ts';
import { accept } from '../values/verdict.ts';
import type { Check } from './check.ts';

export const judgeLoop =
  (maxHops: number): Check =>
  ({ body: { hops } }) =>
    hops > maxHops
      ? {
          kind: 'reject',
          reply: replies.loop(hops),
          reason: `${hops} Received fields, smtp.maxHops is ${maxHops}`,
        }
      : accept;

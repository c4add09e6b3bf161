/** Who does not wait for the greeting, as RFC 5321 (§3.1, §4.3.1) asks, is a spam program more often than not. Pure. */
import type { Check } from '../contract/check.ts';

export const earlyTalkerCheck = (score: number): Check => ({
  name: 'early-talker',
  stage: 'rcpt',
  roles: ['mx'],
  needs: [],
  onFault: 'accept',
  judge: ({ client: { spokeEarly, address } }) =>
    spokeEarly && score !== 0
      ? [{ rule: 'early-talker', score, evidence: `${address} spoke before it was greeted` }]
      : [],
});

/**
 * Who is new and suspicious is asked to come back (RFC 6647): spam programs mostly do not, and what comes later is known
 * better by the lists. At the end of DATA, where it is known whether DMARC passes: what is proven to come from a domain
 * need not wait. Nor does what is refused anyway. Pure.
 */
import type { Facts } from '../contract/facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Check } from '../contract/check.ts';
import { findingsOf } from '../contract/combine.ts';

export interface GreylistCheckRules {
  readonly mode: 'off' | 'suspicious' | 'everyone';
  /** Score of all other checks from which on a stranger is suspicious. */
  readonly suspiciousAt: number;
  /** From which on it makes no sense to let it come back. */
  readonly hopelessAt: number;
}

/** @param others the checks by which a message is suspicious */
export const greylistCheck = (rules: GreylistCheckRules, others: readonly Check[]): Check => ({
  name: 'greylist',
  stage: 'message',
  roles: ['mx'],
  needs: ['greylist'],
  onFault: 'accept',
  judge(facts) {
    const { greylist, authentication } = facts.learnt;
    if (greylist?.kind !== 'known' || rules.mode === 'off') return [];
    const { standing, origin, ripeAt } = greylist.value;
    if (standing === 'learnt' || standing === 'ripe') return [];
    if (authentication?.kind === 'known' && authentication.value.dmarc.result === 'pass') return [];
    const score = scoreBy(facts, others);
    if (score >= rules.hopelessAt) return [];
    if (rules.mode === 'suspicious' && score < rules.suspiciousAt) return [];
    const waitMs = Math.max(0, ripeAt - facts.at);
    return [
      {
        rule: 'greylist',
        score: 0,
        evidence: `${origin} is ${standing === 'new' ? 'new' : 'back too soon'}, and scores ${score}`,
        verdict: 'defer',
        reply: replies.greylisted(waitMs),
      },
    ];
  },
});

const scoreBy = (facts: Facts, checks: readonly Check[]): number => {
  const found = [...findingsOf(facts, 'rcpt', checks), ...findingsOf(facts, 'message', checks)];
  return Math.round(found.reduce((sum, { score }) => sum + score, 0) * 100) / 100;
};

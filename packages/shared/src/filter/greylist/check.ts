/**
 * Who is new and suspicious is asked to come back (RFC 6647): spam programs mostly do not, and what comes later is known
 * better by the lists. At the end of DATA, where it is known whether DMARC passes: what is proven to come from a domain
 * need not wait. Nor does what is refused anyway. Pure.
 */
import type { AuthenticationLearnable } from '../dkim-dmarc-arc/facts.ts';
import type { GreylistLearnable } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Check } from '../contract/check.ts';
import type { Finding } from '../contract/verdict.ts';

export interface GreylistCheckRules {
  readonly mode: 'off' | 'suspicious' | 'everyone';
  /** Score of all other checks from which on a stranger is suspicious. */
  readonly suspiciousAt: number;
  /** From which on it makes no sense to let it come back. */
  readonly hopelessAt: number;
}

/** The last of all checks: a message is suspicious by what the others found. */
export const greylistCheck = (
  rules: GreylistCheckRules,
): Check<GreylistLearnable & AuthenticationLearnable> => ({
  name: 'greylist',
  stage: 'message',
  roles: ['mx'],
  needs: ['greylist'],
  onFault: 'accept',
  judge(facts, found = []) {
    const { greylist, authentication } = facts.learnt;
    if (greylist?.kind !== 'known' || rules.mode === 'off') return [];
    const { standing, origin, ripeAt } = greylist.value;
    if (standing === 'learnt' || standing === 'ripe') return [];
    if (authentication?.kind === 'known' && authentication.value.dmarc.result === 'pass') return [];
    const score = scoreOf(found);
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

const scoreOf = (found: readonly Finding[]): number =>
  Math.round(found.reduce((sum, { score }) => sum + score, 0) * 100) / 100;

/**
 * What SPF (RFC 7208) says of the client and the domain it sends for. It fails for forwarded mail too, so it only scores, and not
 * even that where DMARC passes or somebody answers for the message; unless the operator has fail refused at RCPT.
 */
import type { Facts } from '../contract/facts.ts';
import type { AuthenticationLearnable } from '../dkim-dmarc-arc/facts.ts';
import type { SpfFacts, SpfLearnable } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';
import { voucherOf, type Vouchers } from '../dkim-dmarc-arc/vouching.ts';

export interface SpfRules {
  readonly refuse: boolean;
  readonly onFault: 'accept' | 'defer';
  /** Scores; 0 for what does not count. */
  readonly fail: number;
  readonly softfail: number;
  readonly permerror: number;
  readonly none: number;
}

type SpfReads = SpfLearnable & AuthenticationLearnable;

/** At RCPT: refuses who fails, where that is wanted. */
export const spfRefusalCheck = (rules: SpfRules, vouchers: Vouchers): Check<SpfReads> => ({
  name: 'spf-refusal',
  stage: 'rcpt',
  roles: ['mx'],
  needs: ['spf'],
  onFault: rules.onFault,
  judge(facts) {
    const { spf } = facts.learnt;
    if (spf?.kind !== 'known') return [];
    const { result, domain, explanation } = spf.value;
    if (result !== 'fail' || voucherOf(facts, vouchers) !== undefined) return [];
    return [
      {
        rule: 'spf-refusal',
        score: 0,
        evidence: evidenceOf(spf.value, facts),
        verdict: 'reject',
        reply: replies.spf(facts.client.address, domain, explanation),
      },
    ];
  },
});

export const spfCheck = (rules: SpfRules, vouchers: Vouchers): Check<SpfReads> => ({
  name: 'spf',
  stage: 'message',
  roles: ['mx'],
  needs: ['spf'],
  onFault: rules.onFault,
  judge(facts) {
    const { spf, authentication } = facts.learnt;
    if (spf?.kind !== 'known') return [];
    const { value } = spf;
    const passes = authentication?.kind === 'known' && authentication.value.dmarc.result === 'pass';
    if (passes || value.result === 'pass' || value.result === 'neutral') return [];
    if (value.result === 'temperror') return [inDoubt(value, rules.onFault)];
    const score = rules[value.result];
    if (score === 0 || voucherOf(facts, vouchers) !== undefined) return [];
    return [{ rule: `spf.${value.result}`, score, evidence: evidenceOf(value, facts) }];
  },
});

const inDoubt = ({ domain, reason }: SpfFacts, onFault: SpfRules['onFault']): Finding => ({
  rule: 'spf.fault',
  score: 0,
  evidence: `SPF of ${domain} could not be learnt: ${reason ?? ''}`,
  missing: true,
  ...(onFault === 'defer' && { verdict: 'defer', reply: replies.notChecked, firm: true }),
});

function evidenceOf({ result, domain, reason }: SpfFacts, { client: { address } }: Facts): string {
  if (result === 'none') return `${domain} does not say who sends for it (SPF)`;
  if (result === 'permerror') return `the SPF record of ${domain} cannot be read: ${reason ?? ''}`;
  return `${address} does not send for ${domain} (SPF ${result})`;
}

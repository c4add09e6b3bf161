/**
 * DMARC (RFC 9989): mail that neither SPF nor DKIM proves to be from the domain in its From is treated as that domain asks, with
 * care for what was passed on. A forwarder that is known or a seal that is believed lifts the failure; what has the signs of a
 * mailing list is treated more mildly, as configured. What could not be learnt is no failure.
 */
import { undecidedAuthors, type DmarcFacts, type DmarcPolicy, type ProofLearnable } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';
import { strictestForList, type ListRule } from './mailing-list.ts';
import { voucherOf, type Vouchers } from './vouching.ts';

export interface DmarcRules {
  readonly obey: boolean;
  readonly onFault: 'accept' | 'defer';
  readonly lists: ListRule;
  /** Scores; 0 for what does not count. */
  readonly fail: number;
  readonly noDomain: number;
}

export const dmarcCheck = (rules: DmarcRules, vouchers: Vouchers): Check<ProofLearnable> => ({
  name: 'dmarc',
  stage: 'message',
  roles: ['mx'],
  needs: ['authentication'],
  onFault: rules.onFault,
  judge(facts) {
    const { authentication } = facts.learnt;
    if (authentication?.kind !== 'known') return [];
    const { dmarc } = authentication.value;
    if (dmarc.result === 'temperror') return [inDoubt(dmarc, rules.onFault)];
    if (dmarc.result !== 'fail' && dmarc.result !== 'permerror') return [];
    const voucher = voucherOf(facts, vouchers);
    if (dmarc.result === 'permerror') return noDomain(dmarc, voucher, rules);
    if (voucher !== undefined) return [{ rule: 'dmarc.vouched', score: 0, evidence: voucher }];
    return failure(dmarc, strictestForList(rules.lists, facts), rules);
  },
});

const strictness = ['none', 'quarantine', 'reject'] as const;

function failure(
  { domain, policy = 'none' }: DmarcFacts,
  allowed: DmarcPolicy,
  rules: DmarcRules,
): Finding[] {
  const asked = rules.obey ? policy : 'none';
  const done = strictness[Math.min(strictness.indexOf(asked), strictness.indexOf(allowed))]!;
  const milder = done === asked ? '' : '; milder for the signs of a mailing list';
  const evidence = `neither SPF nor DKIM proves that it is from ${domain} (p=${policy})${milder}`;
  const finding = { rule: `dmarc.${policy}`, score: rules.fail, evidence };
  if (done === 'reject') return [{ ...finding, verdict: 'reject', reply: replies.dmarc(domain) }];
  if (done === 'quarantine') return [{ ...finding, verdict: 'quarantine' }];
  return rules.fail === 0 ? [] : [finding];
}

/** Where nobody can say whose it is, it is kept back, unless somebody answers for it. */
function noDomain(
  { reason = '' }: DmarcFacts,
  voucher: string | undefined,
  { obey, noDomain: score }: DmarcRules,
): Finding[] {
  const isKeptBack = obey && voucher === undefined && undecidedAuthors.some((each) => each === reason);
  if (score === 0 && !isKeptBack) return [];
  const evidence = `From does not say which domain to ask: ${reason}`;
  return [
    { rule: 'dmarc.no-domain', score, evidence, ...(isKeptBack && { verdict: 'quarantine' as const }) },
  ];
}

const inDoubt = ({ domain, reason }: DmarcFacts, onFault: DmarcRules['onFault']): Finding => ({
  rule: 'dmarc.fault',
  score: 0,
  evidence: `DMARC of ${domain} could not be learnt: ${reason ?? ''}`,
  missing: true,
  ...(onFault === 'defer' && { verdict: 'defer', reply: replies.notChecked, firm: true }),
});

/**
 * DMARC (RFC 9989): mail that neither SPF nor DKIM proves to be from the domain in its From is treated as that domain asks, with
 * care for what was passed on. A forwarder that is known or a seal that is believed lifts the failure; what has the signs of a
 * mailing list is treated more mildly, as configured. What could not be learnt is no failure.
 */
import { HEADER_TOO_LONG, type DmarcFacts, type DmarcPolicy } from '../values/facts-of-authentication.ts';
import { replies } from '../values/reply.ts';
import type { Finding } from '../values/verdict.ts';
import type { Check } from './check.ts';
import { voucherOf, type Vouchers } from './vouching.ts';

export interface DmarcRules {
  readonly obey: boolean;
  readonly onFault: 'accept' | 'defer';
  readonly lists: 'obey' | 'quarantine' | 'score';
  /** Scores; 0 for what does not count. */
  readonly fail: number;
  readonly noDomain: number;
}

export const dmarcCheck = (rules: DmarcRules, vouchers: Vouchers): Check => ({
  name: 'dmarc',
  stage: 'message',
  roles: ['mx'],
  needs: ['authentication'],
  onFault: rules.onFault,
  judge(facts) {
    const { authentication } = facts.learnt;
    if (authentication?.kind !== 'known') return [];
    const { dmarc, list } = authentication.value;
    if (dmarc.result === 'temperror') return [inDoubt(dmarc, rules.onFault)];
    if (dmarc.result === 'permerror') return noDomain(dmarc, rules);
    if (dmarc.result !== 'fail') return [];
    const voucher = voucherOf(facts, vouchers);
    if (voucher !== undefined) return [{ rule: 'dmarc.vouched', score: 0, evidence: voucher }];
    return failure(dmarc, list, rules);
  },
});

const strictness = ['none', 'quarantine', 'reject'] as const;

function failure(
  { domain, policy = 'none' }: DmarcFacts,
  list: string | undefined,
  rules: DmarcRules,
): Finding[] {
  const allowed: DmarcPolicy =
    list === undefined || rules.lists === 'obey' ? 'reject' : rules.lists === 'score' ? 'none' : 'quarantine';
  const asked = rules.obey ? policy : 'none';
  const done = strictness[Math.min(strictness.indexOf(asked), strictness.indexOf(allowed))]!;
  const milder = done === asked ? '' : `; milder for the signs of the mailing list ${list ?? ''}`;
  const evidence = `neither SPF nor DKIM proves that it is from ${domain} (p=${policy})${milder}`;
  const finding = { rule: `dmarc.${policy}`, score: rules.fail, evidence };
  if (done === 'reject') return [{ ...finding, verdict: 'reject', reply: replies.dmarc(domain) }];
  if (done === 'quarantine') return [{ ...finding, verdict: 'quarantine' }];
  return rules.fail === 0 ? [] : [finding];
}

function noDomain({ reason }: DmarcFacts, { obey, noDomain: score }: DmarcRules): Finding[] {
  if (score === 0) return [];
  const finding = { rule: 'dmarc.no-domain', score };
  if (reason !== HEADER_TOO_LONG)
    return [{ ...finding, evidence: `From names not one domain: ${reason ?? ''}` }];
  const evidence = 'From is hidden behind a header section that is longer than any real one';
  return [{ ...finding, evidence, ...(obey && { verdict: 'quarantine' }) }];
}

const inDoubt = ({ domain, reason }: DmarcFacts, onFault: DmarcRules['onFault']): Finding => ({
  rule: 'dmarc.fault',
  score: 0,
  evidence: `DMARC of ${domain} could not be learnt: ${reason ?? ''}`,
  missing: true,
  ...(onFault === 'defer' && { verdict: 'defer', reply: replies.notChecked, firm: true }),
});

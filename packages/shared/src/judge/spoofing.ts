/**
 * A stranger that uses a hosted domain as its own, in From or in the reverse-path, without SPF or DKIM to prove it: whatever the
 * domain's DMARC record says, the operator of this pair knows who sends for it. Milder where somebody answers for the
 * message, or it has the signs of a mailing list (our users write to them, and they write back).
 */
import { domainOf } from '../values/address.ts';
import type { Facts } from '../values/facts.ts';
import { replies } from '../values/reply.ts';
import type { Finding } from '../values/verdict.ts';
import type { Check } from './check.ts';
import { voucherOf, type Vouchers } from './vouching.ts';

export interface SpoofingRules {
  readonly verdict: 'score' | 'quarantine' | 'reject';
  readonly score: number;
}

type Proof = 'proven' | 'unproven' | 'in doubt';

export function spoofingCheck(
  rules: SpoofingRules,
  hostedDomains: readonly string[],
  vouchers: Vouchers,
): Check {
  const hosted = new Set(hostedDomains);
  return {
    name: 'spoofing',
    stage: 'message',
    roles: ['mx'],
    needs: ['spf', 'authentication'],
    onFault: 'accept',
    judge(facts) {
      const { authentication } = facts.learnt;
      if (authentication?.kind !== 'known') return [];
      const { from, list } = authentication.value;
      const used = [
        ...from.map(({ address }) => ['From', domainOf(address)] as const),
        ['the reverse-path', domainOf(facts.reversePath)] as const,
      ].filter(([, domain]) => hosted.has(domain));
      const [first] = used.filter(([, domain]) => proofOf(domain, facts) === 'unproven');
      if (first === undefined || voucherOf(facts, vouchers) !== undefined) return [];
      const [where, domain] = first;
      const evidence = `${where} is of ${domain}, a hosted domain, and neither SPF nor DKIM proves it`;
      return findingsBy(list === undefined ? rules : { ...rules, verdict: 'score' }, domain, evidence);
    },
  };
}

function findingsBy({ verdict, score }: SpoofingRules, domain: string, evidence: string): Finding[] {
  const finding = { rule: 'spoofing', score, evidence };
  if (verdict === 'reject') return [{ ...finding, verdict, reply: replies.spoofed(domain) }];
  if (verdict === 'quarantine') return [{ ...finding, verdict }];
  return score === 0 ? [] : [finding];
}

/** By SPF or DKIM, for the domain, one above or one below. */
function proofOf(domain: string, { learnt: { spf, authentication } }: Facts): Proof {
  const identities = [
    ...(spf?.kind === 'known' ? [spf.value] : []),
    ...(authentication?.kind === 'known' ? authentication.value.dkim : []),
  ].filter((each) => isRelated(each.domain, domain));
  if (identities.some(({ result }) => result === 'pass')) return 'proven';
  return identities.some(({ result }) => result === 'temperror') ? 'in doubt' : 'unproven';
}

const isRelated = (a: string, b: string): boolean => a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);

/**
 * A stranger that uses a hosted domain as its own, in From or in the reverse-path, without SPF or DKIM to prove it: whatever the
 * domain's DMARC record says, the operator of this pair knows who sends for it. Lifted where somebody answers for the message; what
 * has the signs of a mailing list is kept back rather than refused (our users write to them, and they write back).
 */
import type { ProofLearnable } from './facts.ts';
import { areRelatedDomains, domainOf } from '../../platform/values/address.ts';
import type { Facts } from '../contract/facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';
import { strictestForList, type ListRule } from './mailing-list.ts';
import { voucherOf, type Vouchers } from './vouching.ts';

export interface SpoofingRules {
  readonly verdict: 'score' | 'quarantine' | 'reject';
  readonly score: number;
  /** For what has the signs of a mailing list. */
  readonly lists: ListRule;
}

type Proof = 'proven' | 'unproven' | 'in doubt';

export function spoofingCheck(
  rules: SpoofingRules,
  hostedDomains: readonly string[],
  vouchers: Vouchers,
): Check<ProofLearnable> {
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
      const {
        dmarc,
        from,
        authorDomains = from.map(({ address }) => domainOf(address)),
      } = authentication.value;
      const used = [
        ...authorDomains.map((domain) => ({ where: 'From', domain, vouched: domain })),
        { where: 'the reverse-path', domain: domainOf(facts.reversePath), vouched: dmarc.domain },
      ];
      for (const { where, domain, vouched } of used) {
        if (!hosted.has(domain) || proofOf(domain, facts) !== 'unproven') continue;
        if (voucherOf(facts, vouchers, vouched) !== undefined) continue;
        const evidence = `${where} is of ${domain}, a hosted domain, and neither SPF nor DKIM proves it`;
        return findingsBy({ ...rules, verdict: milder(rules, facts) }, domain, evidence);
      }
      return authentication.value.authorDomains?.includes('') && voucherOf(facts, vouchers, '') === undefined
        ? findingsBy({ ...rules, verdict: atMost('quarantine', rules.verdict) }, '', TOO_MANY)
        : [];
    },
  };
}

const TOO_MANY = 'From names more domains than are looked at, and a hosted one may be among them';

const atMost = (most: 'quarantine', verdict: SpoofingRules['verdict']): SpoofingRules['verdict'] =>
  verdict === 'reject' ? most : verdict;

/** What comes by a mailing list is not refused, for its subscribers are not to blame for it. */
function milder({ verdict, lists }: SpoofingRules, facts: Facts<ProofLearnable>): SpoofingRules['verdict'] {
  const allowed = strictestForList(lists === 'obey' ? 'quarantine' : lists, facts);
  if (allowed === 'reject') return verdict;
  return allowed === 'none' ? 'score' : atMost(allowed, verdict);
}

function findingsBy(
  { verdict, score }: Omit<SpoofingRules, 'lists'>,
  domain: string,
  evidence: string,
): Finding[] {
  const finding = { rule: 'spoofing', score, evidence };
  if (verdict === 'reject') return [{ ...finding, verdict, reply: replies.spoofed(domain) }];
  if (verdict === 'quarantine') return [{ ...finding, verdict }];
  return score === 0 ? [] : [finding];
}

/** By SPF or DKIM, for the domain, one above or one below. */
function proofOf(domain: string, { learnt: { spf, authentication } }: Facts<ProofLearnable>): Proof {
  const identities = [
    ...(spf?.kind === 'known' ? [spf.value] : []),
    ...(authentication?.kind === 'known' ? authentication.value.dkim : []),
  ].filter((each) => areRelatedDomains(each.domain, domain));
  if (identities.some(({ result }) => result === 'pass')) return 'proven';
  return identities.some(({ result }) => result === 'temperror') ? 'in doubt' : 'unproven';
}

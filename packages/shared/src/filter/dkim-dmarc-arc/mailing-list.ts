/**
 * What the signs of a mailing list (RFC 2919, RFC 2369) lift of what a failure asks for. Anybody can write them, so by themselves
 * they make a refusal into quarantine and no more. Pure.
 */
import { isWithinDomain, normaliseDomain } from '../../platform/values/address.ts';
import type { Facts } from '../contract/facts.ts';
import type { ProofLearnable } from './facts.ts';

export type ListRule = 'obey' | 'quarantine' | 'score';

/** The strictest that may follow; with `score` nothing does where SPF or DKIM proves the domain of the list. */
export function strictestForList(
  rule: ListRule,
  facts: Facts<ProofLearnable>,
): 'reject' | 'quarantine' | 'none' {
  const { authentication } = facts.learnt;
  const list = authentication?.kind === 'known' ? authentication.value.list : undefined;
  if (list === undefined || rule === 'obey') return 'reject';
  return rule === 'score' && isProven(domainOfList(list), facts) ? 'none' : 'quarantine';
}

/** Of `Talk <talk.lists.test>`, `<mailto:talk@lists.test>`. */
function domainOfList(list: string): string {
  const inAngles = /<([^<>]*)>/.exec(list)?.[1] ?? list;
  return normaliseDomain(inAngles.slice(inAngles.lastIndexOf('@') + 1).trim());
}

/** For the domain of the list, or one above it. */
function isProven(list: string, { learnt: { spf, authentication } }: Facts<ProofLearnable>): boolean {
  const proven = [
    ...(spf?.kind === 'known' ? [spf.value] : []),
    ...(authentication?.kind === 'known' ? authentication.value.dkim : []),
  ].filter(({ result, domain }) => result === 'pass' && domain.includes('.'));
  return proven.some(({ domain }) => isWithinDomain(list, domain));
}

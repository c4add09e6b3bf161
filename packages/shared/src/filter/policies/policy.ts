/** What a recipient, or its domain, wants of the verdict: thresholds, senders that are always or never taken, and rules. */
import type { Facts } from '../contract/facts.ts';
import type { PolicyReads } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Thresholds } from '../contract/thresholds.ts';
import { findingByRule, type Rule } from './rule.ts';
import { senderOn, type SenderList } from './sender-list.ts';

/** Lists of one level: of a recipient, of its domain, of all. */
export interface PolicyLists {
  /** As it is told, `anna@example.com`. */
  readonly of: string;
  readonly allow: SenderList;
  readonly block: SenderList;
}

export interface Policy extends Thresholds {
  /** Mail for it is never refused for what it looks like (postmaster, RFC 5321 §4.5.1). */
  readonly exempt?: boolean;
  /** The nearest first. The first that names the sender decides; in one level `allow` does before `block`. */
  readonly lists?: readonly PolicyLists[];
  /** Those that may apply to the recipient. */
  readonly rules?: readonly Rule[];
}

/** What the policy itself has to say of a message, or at RCPT; `found` is what the checks found. */
export function findingsByPolicy(
  facts: Facts<PolicyReads>,
  policy: Policy,
  found: readonly Finding[],
): readonly Finding[] {
  const { exempt, lists = [], rules = [] } = policy;
  if (exempt)
    return [
      { rule: 'policy.postmaster', score: 0, evidence: 'mail for postmaster is taken', verdict: 'allow' },
    ];
  const byRules = rules
    .map((rule) => findingByRule(rule, facts, found))
    .filter((finding) => finding !== undefined);
  const byLists = facts.role === 'mx' ? findingByLists(facts, lists) : undefined;
  return byLists ? [byLists, ...byRules] : byRules;
}

function findingByLists(facts: Facts<PolicyReads>, lists: readonly PolicyLists[]): Finding | undefined {
  for (const { of, allow, block } of lists) {
    const allowed = senderOn(allow, facts, true);
    if (allowed !== undefined)
      return { rule: 'policy.allow', score: 0, evidence: `${of} allows ${allowed}`, verdict: 'allow' };
    const blocked = senderOn(block, facts, false);
    if (blocked !== undefined)
      return {
        rule: 'policy.block',
        score: 0,
        evidence: `${of} blocks ${blocked}`,
        verdict: 'reject',
        reply: replies.policy,
      };
  }
  return undefined;
}

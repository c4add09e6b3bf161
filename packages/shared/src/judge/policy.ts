/** What a recipient, or its domain, wants of the verdict: thresholds, and senders that are always or never taken. */
import type { Facts } from '../values/facts.ts';
import type { Finding } from '../values/verdict.ts';
import type { Thresholds } from './combine.ts';

export interface Policy extends Thresholds {
  /** Mail for it is never refused for what it looks like (postmaster, RFC 5321 §4.5.1). */
  readonly exempt?: boolean;
}

/** What the policy itself has to say of a message. */
export function findingsByPolicy(_facts: Facts, { exempt }: Policy): readonly Finding[] {
  if (exempt)
    return [
      { rule: 'policy.postmaster', score: 0, evidence: 'mail for postmaster is taken', verdict: 'allow' },
    ];
  return [];
}

/** The judgements of recipients by all that was learnt: of a message under way, and again of facts that were kept. Pure. */
import type { Judgements } from '../contract/judged.ts';
import type { Facts, Learnable } from './facts.ts';
import type { Finding, Judgement } from '../contract/verdict.ts';
import type { Check, CheckStage } from '../contract/check.ts';
import { combine, findingsOf } from '../contract/combine.ts';
import { noThresholds } from '../contract/thresholds.ts';
import { findingsByPolicy, type Policy } from '../policies/policy.ts';

export interface Judges {
  readonly mode: 'enforce' | 'observe' | 'off';
  readonly checks: readonly Check<Learnable>[];
  /** The same object for recipients who want the same. */
  policyOf(recipient: string): Policy;
}

export function judgeFacts(
  facts: Facts,
  stage: CheckStage,
  recipients: readonly string[],
  { mode, checks, policyOf }: Judges,
): Judgements {
  if (mode === 'off') {
    const judgement = combine(findings(facts, stage, constantOf(checks)), noThresholds);
    return { judgements: recipients.map(() => judgement), verdicts: recipients.map(() => judgement.verdict) };
  }
  const found = findings(facts, stage, checks);
  const byPolicy = new Map<Policy, Judgement>();
  const judgements = recipients.map((recipient) => {
    const policy = policyOf(recipient);
    const known = byPolicy.get(policy);
    if (known) return known;
    const ofPolicy = findingsByPolicy(facts, policy, found);
    const judgement = combine([...found, ...ofPolicy], stage === 'message' ? policy : noThresholds);
    byPolicy.set(policy, judgement);
    return judgement;
  });
  if (mode === 'enforce') return { judgements, verdicts: judgements.map(({ verdict }) => verdict) };
  const { verdict } = combine(findings(facts, stage, constantOf(checks)), noThresholds);
  return { judgements, verdicts: recipients.map(() => verdict) };
}

const constants = new WeakMap<readonly Check<Learnable>[], readonly Check<Learnable>[]>();

/** Those that hold whatever is switched off. */
function constantOf(checks: readonly Check<Learnable>[]): readonly Check<Learnable>[] {
  let constant = constants.get(checks);
  if (!constant) constants.set(checks, (constant = checks.filter(({ needs }) => needs.length === 0)));
  return constant;
}

/** What was found at RCPT counts for the message too. */
function findings(facts: Facts, stage: CheckStage, by: readonly Check<Learnable>[]): Finding[] {
  const found = findingsOf(facts, 'rcpt', by);
  return stage === 'message' ? findingsOf(facts, 'message', by, found) : found;
}

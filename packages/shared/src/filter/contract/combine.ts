/** Runs checks over facts, and makes one verdict of what they find. Pure. */
import type { Facts } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding, Judgement, Verdict } from './verdict.ts';
import type { Check, CheckStage } from './check.ts';
import { noThresholds, verdictForScore, type Thresholds } from './thresholds.ts';

/** What the checks of a stage find, added to what was found before. */
export function findingsOf<L>(
  facts: Facts<L>,
  stage: CheckStage,
  checks: readonly Check<L>[],
  findings: Finding[] = [],
): Finding[] {
  for (const check of checks)
    if (check.stage === stage && check.roles.includes(facts.role))
      findings.push(...findingsBy(check, facts, findings));
  return findings;
}

function findingsBy<L>(check: Check<L>, facts: Facts<L>, found: readonly Finding[]): readonly Finding[] {
  for (const name of check.needs) {
    const fact = facts.learnt[name];
    if (fact === undefined) return [];
    if (fact.kind === 'fault') return [missing(check, String(name), fact.reason)];
  }
  return check.judge(facts, found);
}

const missing = (
  { name, onFault }: Pick<Check, 'name' | 'onFault'>,
  fact: string,
  reason: string,
): Finding => ({
  rule: `${name}.fault`,
  score: 0,
  evidence: `${fact} could not be learnt: ${reason}`,
  missing: true,
  ...(onFault === 'defer' && { verdict: 'defer' as const, reply: replies.notChecked, firm: true as const }),
});

/** The strictest first; a finding names none of the last two. */
const order = ['reject', 'defer', 'discard', 'quarantine', 'hold', 'tag', 'accept'] as const;

const isStricter = (one: Verdict, other: Verdict): boolean =>
  order.indexOf(one.kind) < order.indexOf(other.kind);

const clean: Judgement = { verdict: { kind: 'accept', reason: 'score 0' }, score: 0, findings: [] };

/**
 * The strictest of the verdicts that findings name and of the verdict that follows from the score; the finding where both are
 * the same. Two exceptions:
 *
 * - Where a finding allows, the score and whatever is not firm are set aside.
 * - Where a check that must not be missed could not run, the client is asked to come back and the score does not refuse:
 *   what was not learnt may speak for the message.
 */
export function combine(findings: readonly Finding[], thresholds: Thresholds): Judgement {
  if (findings.length === 0 && thresholds === noThresholds) return clean;
  const allowed = findings.find(({ verdict }) => verdict === 'allow');
  const counted = allowed ? findings.filter(({ firm }) => firm) : findings;
  const score = round(counted.reduce((sum, finding) => sum + finding.score, 0));
  const decisive = order
    .map((kind) => counted.find(({ verdict }) => verdict === kind))
    .find((finding) => finding !== undefined);
  const named = decisive && verdictBy(decisive);
  if (allowed) return { verdict: named ?? { kind: 'accept', reason: allowed.rule }, score, findings };
  const isUnknown = counted.some(({ verdict, missing }) => missing && verdict === 'defer');
  const scored = verdictForScore(score, thresholds);
  const byScore = !named || (!isUnknown && isStricter(scored, named));
  return { verdict: byScore ? scored : named, score, findings };
}

function verdictBy({ rule, evidence, verdict, reply }: Finding): Verdict {
  const reason = `${rule}: ${evidence}`;
  if (verdict === 'reject') return { kind: 'reject', reason, reply: reply ?? replies.policy };
  if (verdict === 'defer') return { kind: 'defer', reason, reply: reply ?? replies.notChecked };
  return { kind: verdict as 'quarantine' | 'hold' | 'discard', reason };
}

/** Sums of tenths come out as tenths. */
const round = (score: number): number => Math.round(score * 100) / 100;

/**
 * What clamd found. A virus is refused (or kept) whatever else is known of the message. What is only suspicious, by the
 * name of its signature (heuristics, potentially unwanted programs), has a rule of its own. Mail of submitters that is to
 * be kept is held in the queue.
 */
import type { EngineLearnable, VirusFacts } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';

export interface VirusRules {
  readonly roles: readonly ListenerRole[];
  readonly virus: 'reject' | 'quarantine';
  /** Of signatures whose name begins with one of `suspiciousNames`. */
  readonly suspicious: 'reject' | 'quarantine' | 'score';
  readonly suspiciousNames: readonly string[];
  readonly suspiciousScore: number;
  /** Of what cannot be scanned for its size. */
  readonly tooBig: 'accept' | 'quarantine' | 'reject';
  readonly onFault: 'accept' | 'defer';
}

export const virusCheck = (rules: VirusRules): Check<EngineLearnable> => ({
  name: 'virus',
  stage: 'message',
  roles: rules.roles,
  needs: ['virus'],
  onFault: rules.onFault,
  judge: ({ role, learnt: { virus } }) =>
    virus?.kind === 'known' ? findingsOf(virus.value, role, rules) : [],
});

function findingsOf(facts: VirusFacts, role: ListenerRole, rules: VirusRules): readonly Finding[] {
  const kept = role === 'mx' ? ('quarantine' as const) : ('hold' as const);
  if ('tooBig' in facts) {
    const finding = {
      rule: 'virus.unscanned',
      score: 0,
      evidence: `not scanned: ${facts.tooBig}`,
      missing: true,
    } as const;
    if (rules.tooBig === 'accept') return [finding];
    if (rules.tooBig === 'quarantine') return [{ ...finding, verdict: kept, firm: true }];
    return [{ ...finding, verdict: 'reject', reply: replies.tooBigToScan, firm: true }];
  }
  const { found, server } = facts;
  if (found === undefined) return [];
  const isSuspicious = rules.suspiciousNames.some((name) => found.startsWith(name));
  const evidence = `clamd at ${server} found ${found}`;
  const rule = isSuspicious ? 'virus.suspicious' : 'virus.found';
  const follows = isSuspicious ? rules.suspicious : rules.virus;
  if (follows === 'score') return [{ rule, score: rules.suspiciousScore, evidence }];
  if (follows === 'quarantine') return [{ rule, score: 0, evidence, verdict: kept, firm: true }];
  return [{ rule, score: 0, evidence, verdict: 'reject', reply: replies.virus(found), firm: true }];
}

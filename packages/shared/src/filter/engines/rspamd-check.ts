/**
 * What rspamd says: its action becomes a verdict or a score here, or its score counts among the others with a weight.
 * Greylisting is done here, so that its wish for it counts nothing.
 */
import type { EngineLearnable, RspamdFacts } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';

export interface RspamdRules {
  readonly roles: readonly ListenerRole[];
  /** What counts of its answer. */
  readonly follow: 'action' | 'score';
  /** With `score`: what its score is multiplied by. */
  readonly weight: number;
  /** With `action`: what `reject` leads to. */
  readonly reject: 'reject' | 'quarantine';
  /** With `action`: score for `add header` and `rewrite subject`. */
  readonly markScore: number;
  readonly onFault: 'accept' | 'defer';
}

const SYMBOLS_SHOWN = 8;

export const rspamdCheck = (rules: RspamdRules): Check<EngineLearnable> => ({
  name: 'rspamd',
  stage: 'message',
  roles: rules.roles,
  needs: ['rspamd'],
  onFault: rules.onFault,
  judge: ({ learnt: { rspamd } }) => (rspamd?.kind === 'known' ? [findingOf(rspamd.value, rules)] : []),
});

function findingOf(facts: RspamdFacts, rules: RspamdRules): Finding {
  if ('tooBig' in facts)
    return { rule: 'rspamd.unscanned', score: 0, evidence: `not asked: ${facts.tooBig}`, missing: true };
  const evidence = describe(facts);
  if (rules.follow === 'score')
    return { rule: 'rspamd.score', score: Math.round(facts.score * rules.weight * 10) / 10, evidence };
  const finding = { rule: `rspamd.${facts.action.replaceAll(' ', '-')}`, score: 0, evidence } as const;
  switch (facts.action) {
    case 'reject':
    case 'discard':
      return rules.reject === 'reject'
        ? { ...finding, verdict: 'reject', reply: replies.spam }
        : { ...finding, verdict: 'quarantine' };
    case 'quarantine':
      return { ...finding, verdict: 'quarantine' };
    case 'soft reject':
      return { ...finding, verdict: 'defer', reply: replies.filterDefers };
    case 'add header':
    case 'rewrite subject':
      return { ...finding, score: rules.markScore };
    default:
      return finding;
  }
}

function describe({
  server,
  action,
  score,
  rejectScore,
  symbols,
}: Exclude<RspamdFacts, { tooBig: string }>): string {
  const shown = symbols
    .filter((symbol) => symbol.score !== 0)
    .slice(0, SYMBOLS_SHOWN)
    .map((symbol) => `${symbol.name} ${symbol.score}`);
  return `rspamd at ${server} says ${action}, score ${score} of ${rejectScore}${shown.length > 0 ? `: ${shown.join(', ')}` : ''}`;
}

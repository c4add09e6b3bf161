/** Runs checks in order; the first that does not accept decides. */
import { accept, type Verdict } from '../values/verdict.ts';
import type { Check, Facts } from './check.ts';

export function judge(facts: Facts, checks: readonly Check[]): Verdict {
  for (const check of checks) {
    const verdict = check(facts);
    if (verdict.kind !== 'accept') return verdict;
  }
  return accept;
}

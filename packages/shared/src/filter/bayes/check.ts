/** What the classifier says of a message, weighed by how sure it is. */
import type { BayesFacts, BayesLearnable } from './facts.ts';
import type { ListenerRole } from '../../platform/values/session.ts';
import type { Check } from '../contract/check.ts';

export interface BayesWeights {
  readonly roles: readonly ListenerRole[];
  /** From 95, 99 and 99.9 % on. */
  readonly likely: number;
  readonly veryLikely: number;
  readonly sure: number;
  /** Taken off up to 1 %. */
  readonly ham: number;
  readonly onFault: 'accept' | 'defer';
}

export const bayesCheck = ({ roles, onFault, ...weights }: BayesWeights): Check<BayesLearnable> => ({
  name: 'bayes',
  stage: 'message',
  roles,
  needs: ['bayes'],
  onFault,
  judge({ learnt: { bayes } }) {
    if (bayes?.kind !== 'known') return [];
    const band = bandOf(bayes.value, weights);
    if (!band) return [];
    const { spam, counted, tokens } = bayes.value;
    const percent = Math.round(spam * 10_000) / 100;
    const evidence = `${percent} % likely to be spam, by ${counted} of ${tokens} words`;
    return [{ rule: `bayes.${band.name}`, score: band.score, evidence }];
  },
});

function bandOf(
  { spam }: BayesFacts,
  { likely, veryLikely, sure, ham }: Omit<BayesWeights, 'roles' | 'onFault'>,
): { readonly name: string; readonly score: number } | undefined {
  if (spam >= 0.999) return { name: 'sure', score: sure };
  if (spam >= 0.99) return { name: 'very-likely', score: veryLikely };
  if (spam >= 0.95) return { name: 'likely', score: likely };
  return spam <= 0.01 ? { name: 'ham', score: -ham } : undefined;
}

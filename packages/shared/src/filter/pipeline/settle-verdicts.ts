/**
 * One message, several recipients, a verdict for each, and only one reply: what is to be done. Pure.
 *
 * - Where one is deferred, the whole message is: the client sends it again, and nobody gets it twice.
 * - Only when all refuse it is it refused; else those who do have it in quarantine.
 */
import type { Reply } from '../../platform/values/reply.ts';
import type { Verdict } from '../contract/verdict.ts';

export type Disposition<R> =
  | { readonly kind: 'refuse'; readonly verdict: Verdict & { readonly reply: Reply } }
  | {
      readonly kind: 'take';
      readonly accept: readonly R[];
      readonly tag: readonly R[];
      readonly quarantine: readonly R[];
      readonly hold: readonly R[];
      readonly discard: readonly R[];
    };

export function settleVerdicts<R>(
  judged: readonly { readonly recipient: R; readonly verdict: Verdict }[],
): Disposition<R> {
  const verdicts = judged.map(({ verdict }) => verdict);
  const deferred = verdicts.find(({ kind }) => kind === 'defer');
  if (deferred && 'reply' in deferred) return { kind: 'refuse', verdict: deferred };
  const [first] = verdicts;
  if (first && 'reply' in first && verdicts.every(({ kind }) => kind === 'reject'))
    return { kind: 'refuse', verdict: first };
  const of = (...kinds: readonly Verdict['kind'][]): R[] =>
    judged.filter(({ verdict }) => kinds.includes(verdict.kind)).map(({ recipient }) => recipient);
  return {
    kind: 'take',
    accept: of('accept'),
    tag: of('tag'),
    quarantine: of('quarantine', 'reject'),
    hold: of('hold'),
    discard: of('discard'),
  };
}

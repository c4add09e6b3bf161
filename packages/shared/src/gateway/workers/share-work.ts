/** What a message costs is learnt from the work of all workers: each tells what it did since it told last. */
import { addWork, noWork, type Work } from '../pair/message-cost.ts';
import type { Sibling } from './siblings.ts';

/** @param take what another worker did @returns what is told of the own work; undefined in a worker that is the only one */
export function shareWork(
  { slot, siblings }: Sibling,
  take: (work: Work) => void,
): ((own: Work) => void) | undefined {
  if (slot.of === 1) return undefined;
  let fresh: Work = noWork;
  const changed = siblings.add({
    name: 'work',
    news() {
      const told = fresh;
      fresh = noWork;
      return told;
    },
    all: () => undefined,
    take: (told) => take(told as Work),
  });
  return (own) => {
    fresh = addWork(fresh, own);
    changed();
  };
}

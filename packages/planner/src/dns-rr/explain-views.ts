/** Explains to a person which updaters keep an address published. Pure. */
import { sightingsOf } from './agreement.ts';
import type { Balance } from './balance.ts';
import type { View } from './view.ts';

/** How each updater sees an address. Updaters that cannot judge it are left out. */
export const seenBy = (address: string, others: readonly View[]): Record<string, string> =>
  Object.fromEntries(
    others.flatMap(({ by, sightings }) => {
      const sighting = sightings.get(address);
      return sighting ? [[by, sighting.as]] : [];
    }),
  );

/** One line for each address that this updater does not see up, or that others see differently. */
export function explainViews({ nodes, others }: Balance): string[] {
  const own = sightingsOf(nodes);
  const known = nodes.flatMap(({ addresses }) => addresses.map(({ address }) => address));
  const foreign = others.flatMap(({ sightings }) => [...sightings.keys()]);
  return [...new Set([...known, ...foreign])].flatMap((address) => {
    const here = own.get(address)?.as ?? 'not judged';
    const seen = Object.entries(seenBy(address, others));
    if (seen.every(([, as]) => as === here)) return [];
    const views = [`${here} here`, ...seen.map(([by, as]) => `${as} by ${by}`)].join(', ');
    return [`${address} is ${views}: ${consequence([here, ...seen.map(([, as]) => as)])}`];
  });
}

function consequence(states: readonly string[]): string {
  if (states.includes('draining')) return 'it is withdrawn while it drains';
  return states.includes('up') ? 'it counts as alive' : 'it counts as dead';
}

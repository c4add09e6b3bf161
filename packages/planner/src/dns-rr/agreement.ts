/**
 * How several updaters agree on the state of the nodes. Pure.
 *
 * An address is alive if at least one updater sees it up. It is dead if no updater sees it up and at least
 * one sees it down. A node that states that it is draining is not published, even if another updater still
 * sees it up.
 *
 * Addresses also change with the load, and two updaters never measure exactly the same load. Therefore only
 * the updater that has run longest chooses addresses by load. The others only withdraw dead addresses.
 */
import type { NodeState } from './choose.ts';
import type { Health } from './health.ts';
import type { Sighting, View } from './view.ts';

export interface SightedNode {
  readonly addresses: readonly { readonly address: string; readonly health: Health }[];
  readonly draining: boolean;
  readonly load: number;
  /** Whether the node reported its load at the last observation; if not, `load` is an assumption. */
  readonly isLoadKnown: boolean;
}

/** The sightings of this updater's own nodes for its view. */
export function sightingsOf(nodes: readonly SightedNode[]): Map<string, Sighting> {
  return new Map(
    nodes.flatMap(({ addresses, draining, load, isLoadKnown }) =>
      addresses
        .filter(({ health }) => draining || health.alive !== null)
        .map(({ address, health }): [string, Sighting] => [
          address,
          { as: draining ? 'draining' : health.alive ? 'up' : 'down', load: isLoadKnown ? load : null },
        ]),
    ),
  );
}

/** Whether an address is alive according to all views; those of this updater come first. */
export function aliveByAll(
  address: string,
  own: boolean | null,
  isDraining: boolean,
  others: readonly View[],
): boolean | null {
  const said = others.map(({ sightings }) => sightings.get(address)?.as);
  if (isDraining || said.includes('draining')) return false;
  if (own === true || said.includes('up')) return true;
  return own === false || said.includes('down') ? false : null;
}

export const agreedNodes = (
  nodes: readonly (SightedNode & Pick<NodeState, 'weight'>)[],
  others: readonly View[],
): NodeState[] =>
  nodes.map(({ addresses, draining, weight }) => ({
    weight,
    addresses: addresses.map(({ address, health: { alive, against } }) => ({
      address,
      health: { alive: aliveByAll(address, alive, draining, others), against },
    })),
  }));

/** The mean load of a node according to other updaters; null if none of them states it. */
export function loadByOthers(addresses: readonly string[], others: readonly View[]): number | null {
  const loads = others
    .flatMap(({ sightings }) => addresses.map((address) => sightings.get(address)?.load ?? null))
    .filter((load) => load !== null);
  return loads.length === 0 ? null : loads.reduce((sum, load) => sum + load, 0) / loads.length;
}

/**
 * Whether this updater chooses by load: the one that has run longest does. If two started in the same second,
 * it is the one whose name sorts first.
 */
export const leads = (own: Pick<View, 'by' | 'since'>, others: readonly View[]): boolean =>
  others.every(({ by, since }) => own.since < since || (own.since === since && own.by < by));

/**
 * Addresses that another updater sees up and keeps published, and that the local configuration does not
 * contain.
 */
export const keptForOthers = (
  published: readonly string[],
  own: readonly string[],
  others: readonly View[],
): string[] =>
  published.filter(
    (address) =>
      !own.includes(address) && others.some(({ sightings }) => sightings.get(address)?.as === 'up'),
  );

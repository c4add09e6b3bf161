/**
 * What several updaters together hold of the nodes. An address is alive if one updater sees it up, dead if none does and
 * one sees it down. A node that says it is draining is not to be published, whoever else still sees it up. Pure.
 *
 * Shares by load change the addresses too, and two updaters never measure quite the same load. So one of them, the one
 * that has run longest, chooses by load; the others only withdraw what is dead.
 */
import type { NodeState } from './choose.ts';
import type { Health } from './health.ts';
import type { Sighting, View } from './view.ts';

export interface SightedNode {
  readonly addresses: readonly { readonly address: string; readonly health: Health }[];
  readonly draining: boolean;
  readonly load: number;
  /** Whether it said so in the last look; else `load` is a guess. */
  readonly isLoadKnown: boolean;
}

/** What an updater writes about its own nodes. */
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

/** Whether an address is alive by all views together, this updater's own first. */
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

/** The mean load of a node by the views of others; null when none states it. */
export function loadByOthers(addresses: readonly string[], others: readonly View[]): number | null {
  const loads = others
    .flatMap(({ sightings }) => addresses.map((address) => sightings.get(address)?.load ?? null))
    .filter((load) => load !== null);
  return loads.length === 0 ? null : loads.reduce((sum, load) => sum + load, 0) / loads.length;
}

/** The one that has run longest chooses by load; of two that began in one second the one whose name sorts first. */
export const leads = (own: Pick<View, 'by' | 'since'>, others: readonly View[]): boolean =>
  others.every(({ by, since }) => own.since < since || (own.since === since && own.by < by));

/** Addresses that another updater sees up and keeps published, and that the configuration here does not know. */
export const keptForOthers = (
  published: readonly string[],
  own: readonly string[],
  others: readonly View[],
): string[] =>
  published.filter(
    (address) =>
      !own.includes(address) && others.some(({ sightings }) => sightings.get(address)?.as === 'up'),
  );

/**
 * Chooses the addresses that are published during a slot. Dead nodes are left out while enough others are
 * alive. Each live node is published for the time that its share requires (schedule.ts). Pure.
 *
 * - The number of nodes is never below the floor: if too few are alive, dead nodes stay published.
 * - The set is never empty: if all nodes are dead, all stay, because this host may be the one without a
 * network.
 * - IPv4 and IPv6 each keep an address while one address of the family is alive.
 *
 * An updater that does not choose by load accepts every set that another could have chosen (`couldBeChosen`).
 */
import { isIPv4 } from 'node:net';
import type { Health } from './health.ts';
import { sizeInSlot } from './schedule.ts';

const families = [isIPv4, (address: string): boolean => !isIPv4(address)];

export interface NodeState {
  readonly addresses: readonly { readonly address: string; readonly health: Health }[];
  /** Greater than 0. */
  readonly weight: number;
}

/** Whether a node has a dead address and no live one. Addresses that this host cannot judge are ignored. */
export function isDead({ addresses }: Pick<NodeState, 'addresses'>): boolean {
  const found = addresses.map(({ health }) => health.alive);
  return found.includes(false) && !found.includes(true);
}

/** The chosen addresses, in the order of the nodes. */
export function chooseAddresses(nodes: readonly NodeState[], slot: number, floor: number): string[] {
  const living = nodes.filter((node) => !isDead(node)).toSorted((a, b) => b.weight - a.weight);
  if (living.length === 0) return nodes.flatMap(allAddresses);
  const weights = living.map(({ weight }) => weight);
  const size = Math.max(sizeInSlot(slot, weights), floor);
  const kept = nodes.filter(isDead).slice(0, Math.max(0, floor - living.length));
  const chosen = new Set([...living.slice(0, size).flatMap(usableAddresses), ...kept.flatMap(allAddresses)]);
  for (const isOfFamily of families) {
    if ([...chosen].some(isOfFamily)) continue;
    const strongest = living.map((node) => usableAddresses(node).filter(isOfFamily)).find((of) => of.length);
    for (const address of strongest ?? []) chosen.add(address);
  }
  return nodes.flatMap(allAddresses).filter((address) => chosen.has(address));
}

/** Whether the addresses satisfy the rules above for some loads of the nodes. */
export function couldBeChosen(
  nodes: readonly NodeState[],
  addresses: readonly string[],
  floor: number,
): boolean {
  const living = nodes.filter((node) => !isDead(node));
  if (living.length <= floor) return isSameSet(addresses, chooseAddresses(nodes, 0, floor));
  const usable = living.flatMap(usableAddresses);
  const present = living.filter((node) =>
    usableAddresses(node).some((address) => addresses.includes(address)),
  );
  return (
    addresses.every((address) => usable.includes(address)) &&
    present.length >= floor &&
    families.every((isOfFamily) => !usable.some(isOfFamily) || addresses.some(isOfFamily))
  );
}

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

const allAddresses = ({ addresses }: NodeState): string[] => addresses.map(({ address }) => address);

const usableAddresses = ({ addresses }: NodeState): string[] =>
  addresses.filter(({ health }) => health.alive !== false).map(({ address }) => address);

/**
 * Which addresses stand in DNS during a slot. Dead nodes do not, as long as others do; of the living each stands there
 * for its share (schedule.ts). Pure.
 *
 * - Never fewer nodes than the floor: when too few are alive, dead ones stay.
 * - Never none: when all are dead, all stay, for whoever looks may be the one who is cut off.
 * - IPv4 or IPv6 is never without an address while one of it is alive.
 *
 * An updater that does not choose by load leaves every set that another could have chosen (`couldBeChosen`).
 */
import { isIPv4 } from 'node:net';
import type { Health } from './health.ts';
import { sizeInSlot } from './schedule.ts';

const families = [isIPv4, (address: string): boolean => !isIPv4(address)];

export interface NodeState {
  readonly addresses: readonly { readonly address: string; readonly health: Health }[];
  /** Above 0. */
  readonly weight: number;
}

/** A node with a dead address and none that is alive. What cannot be judged from here speaks neither way. */
export function isDead({ addresses }: Pick<NodeState, 'addresses'>): boolean {
  const found = addresses.map(({ health }) => health.alive);
  return found.includes(false) && !found.includes(true);
}

/** In the order of the nodes. */
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

/** Whether these addresses keep the rules above, whatever the loads of the nodes are. */
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

/**
 * Which addresses stand in DNS during a slot. Dead nodes do not, as long as others do; of the living each stands there
 * for its share (schedule.ts). Pure.
 *
 * - Never fewer nodes than the floor: when too few are alive, dead ones stay.
 * - Never none: when all are dead, all stay, for whoever looks may be the one who is cut off.
 * - IPv4 or IPv6 is never without an address while one of it is alive.
 */
import { isIPv4 } from 'node:net';
import type { Health } from './health.ts';
import { sizeInSlot } from './schedule.ts';

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
  for (const isOfFamily of [isIPv4, (address: string) => !isIPv4(address)]) {
    if ([...chosen].some(isOfFamily)) continue;
    const strongest = living.map((node) => usableAddresses(node).filter(isOfFamily)).find((of) => of.length);
    for (const address of strongest ?? []) chosen.add(address);
  }
  return nodes.flatMap(allAddresses).filter((address) => chosen.has(address));
}

const allAddresses = ({ addresses }: NodeState): string[] => addresses.map(({ address }) => address);

const usableAddresses = ({ addresses }: NodeState): string[] =>
  addresses.filter(({ health }) => health.alive !== false).map(({ address }) => address);

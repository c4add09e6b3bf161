/** The load-sharing policies that are compared: the decisions of the pair, and policies that need no pair. */
import type { Site, Door, Host } from './site.ts';
import type { MxRecord } from './traffic.ts';
import { openPairDoors, type PairParts } from './pair-doors.ts';

export const policyNames = ['pair', 'mx-only', 'round-robin', 'least-connections'] as const;
export type PolicyName = (typeof policyNames)[number];

/**
 * Applies a policy to both sites.
 *
 * @returns the MX records
 */
export function openPolicy(name: PolicyName, parts: PairParts): readonly MxRecord[] {
  const { inbound, outbound } = parts;
  if (name === 'pair') openPairDoors(parts);
  else for (const site of [inbound, outbound]) site.door = openToAll;
  if (name === 'least-connections')
    return [{ host: new LeastConnections([inbound, outbound]), preference: 10 }];
  return [
    { host: inbound, preference: 10 },
    { host: outbound, preference: name === 'round-robin' ? 10 : 20 },
  ];
}

const openToAll: Door = {
  isShut: false,
  meet: () => ({ isRefused: false, entered() {}, turn: () => 0, delivered() {}, left() {} }),
};

class LeastConnections implements Host {
  readonly name = 'balancer';
  readonly #sites: readonly Site[];

  constructor(sites: readonly Site[]) {
    this.#sites = sites;
  }

  bring(...of: Parameters<Host['bring']>): void {
    const [site] = this.#sites.toSorted((a, b) => a.sessions - b.sessions);
    site!.bring(...of);
  }
}

/** The SMTP ports to check: port 25 of every address of every MX host of the pair. Pure. */
import { plannedAddresses, plannedOf } from './check.ts';
import type { Given } from './check.ts';
import { addressesOf } from './follow.ts';
import type { Door } from './world.ts';

/** The MX hosts of the pair, inbound first. */
export const mxHostsOf = ({ plan }: Given): string[] => [
  ...new Set(plannedOf(plan, 'MX').flatMap(({ values }) => values.map(({ exchange }) => exchange))),
];

/**
 * Uses the planned addresses, because a wrong address in DNS is a finding of its own. Uses the published
 * addresses if none are planned.
 */
export function doorsOf(given: Given, host: string): { readonly address: string; readonly door: Door }[] {
  if (!given.asksGateways) return [];
  const planned = plannedAddresses(given.plan, host);
  const addresses = planned.length > 0 ? planned : addressesOf(given.world, host).known;
  return addresses.map((address) => ({ address, door: given.world.door(host, address) }));
}

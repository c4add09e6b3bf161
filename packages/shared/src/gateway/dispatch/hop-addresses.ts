/** route → send: where the addresses of a next hop come from. */
import { lookUpHost, type HostLookUpContext } from '../../smtp/route/hosts.ts';
import { NoAddress } from '../../smtp/client/faults.ts';
import type { Networks } from '../../platform/network/addresses.ts';
import type { NextHop } from '../../platform/values/next-hop.ts';

/** The look-up that connections are given; it throws NoAddress where there is more to say. */
export function addressesFrom(
  resolver: HostLookUpContext['resolver'],
  privateDestinations: () => Networks,
): (hop: NextHop) => Promise<readonly string[]> {
  return async ({ host, fromDns }) => {
    const namedBy = fromDns ? 'dns' : 'configuration';
    const found = await lookUpHost(host, { resolver, namedBy, privateDestinations: privateDestinations() });
    if (found.kind === 'addresses') return found.addresses;
    throw new NoAddress(found.reply);
  };
}

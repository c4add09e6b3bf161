/** Who may answer for mail of others, as the operator named them. Pure. */
import type { Settings } from '../../config/settings.ts';
import { createNetworks } from '../../platform/network/addresses.ts';
import type { Vouchers } from './vouching.ts';

export function vouchersOf({ authentication: { forwarders, sealers } }: Settings): Vouchers {
  const isNetwork = (each: string): boolean => each.includes('/');
  const networks = createNetworks(forwarders.filter(isNetwork));
  return {
    isForwarder: networks.has,
    forwarderDomains: forwarders.filter((each) => !isNetwork(each)),
    sealers,
  };
}

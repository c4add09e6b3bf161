/** Whose mail is authenticated: that of clients which are not of this site. Pure. */
import { ownNamesOf } from '../../config/own-names.ts';
import type { Settings } from '../../config/settings.ts';
import { createNetworks, isLocalAddress } from '../../platform/network/addresses.ts';

export function strangersBy(settings: Settings): (address: string) => boolean {
  const ours = createNetworks([...settings.outbound.trusted, ...ownNamesOf(settings).ownAddresses]);
  return (address) => !isLocalAddress(address) && !ours.has(address);
}

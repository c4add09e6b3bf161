/** The names and addresses by which the pair is known, on all its nodes. Pure. */
import type { Settings } from './settings.ts';

export function ownNamesOf({ inbound, outbound }: Settings): { ownNames: string[]; ownAddresses: string[] } {
  const all = [inbound, outbound].flatMap((host) => [
    { host: host.host, addresses: [...host.addresses, ...host.sourceAddresses] },
    ...host.nodes,
  ]);
  return {
    ownNames: all.map(({ host }) => host),
    ownAddresses: all.flatMap(({ addresses }) => addresses),
  };
}

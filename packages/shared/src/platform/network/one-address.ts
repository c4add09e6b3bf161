/**
 * Whether both roles have one public address: they stand behind one router or balancer, and there is one way in. Senders have no other
 * MX to go to, and for a balancer the nodes of both roles are alike. Pure.
 */
import { isLoopback, normaliseAddress } from './addresses.ts';

interface Addressed {
  readonly addresses: readonly string[];
}

export function hasOneAddress({
  inbound,
  outbound,
}: {
  readonly inbound: Addressed;
  readonly outbound: Addressed;
}): boolean {
  const [ours = [], theirs = []] = [inbound, outbound].map(({ addresses }) =>
    addresses.map(normaliseAddress),
  );
  // On loopback two gateways are told apart by their ports.
  if (ours.length === 0 || ours.some(isLoopback)) return false;
  return (
    ours.every((address) => theirs.includes(address)) && theirs.every((address) => ours.includes(address))
  );
}

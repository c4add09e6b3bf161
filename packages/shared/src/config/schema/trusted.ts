/**
 * Networks whose hosts may relay without credentials. A network that holds strangers would make an open relay, so a
 * public one may be no wider than what one site has (/24, IPv6 /48), and none may be wider than /8.
 */
import { formatNetwork, isWithin, localNetworks, parseNetwork } from '../../platform/network/addresses.ts';
import type { Network } from '../../platform/network/addresses.ts';
import type { Format } from './format.ts';

const local = localNetworks.map((cidr) => parseNetwork(cidr)!);

/** Why trusting this network would make an open relay; undefined when it would not. */
export function relayDanger(network: Network): string | undefined {
  if (network.prefix < 8) return `/${network.prefix} would let a large part of the internet relay`;
  if (local.some((outer) => isWithin(network, outer))) return undefined;
  const widest = network.family === 4 ? 24 : 48;
  return network.prefix < widest
    ? `is a public network wider than /${widest}, so strangers could relay`
    : undefined;
}

export const trustedNetwork: Format<string> = {
  name: 'network',
  expects: 'a network or an address: 10.0.0.0/24, 2001:db8:1::/48, 192.0.2.7',
  read(raw, at, findings) {
    const network = typeof raw === 'string' ? parseNetwork(raw) : undefined;
    if (!network) return findings.fault(at, raw, 'is not a network', `write ${trustedNetwork.expects}`);
    const danger = relayDanger(network);
    if (danger) return findings.fault(at, raw, danger, 'list your own networks only, or use outbound.users');
    const cidr = formatNetwork(network);
    const address = String(raw).split('/')[0] ?? '';
    if (String(raw).includes('/') && parseNetwork(address)?.base !== network.base) {
      findings.warn(
        at,
        raw,
        `means the whole network ${cidr}`,
        `write ${cidr}, or ${address} for the one host`,
      );
    }
    return cidr;
  },
};

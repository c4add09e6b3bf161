/**
 * Networks of load balancers. Whoever connects from one may say, by a PROXY header, that he is anybody: a network that
 * holds strangers would let them forge their addresses. The bounds are those of trusted networks.
 */
import { formatNetwork, parseNetwork } from '../../platform/network/addresses.ts';
import { listOf } from './format.ts';
import type { Format } from './format.ts';
import { relayDanger } from './trusted.ts';

const balancerNetwork: Format<string> = {
  name: 'network',
  expects: 'the address or network of a load balancer: 10.0.0.5, 10.0.1.0/28, 2001:db8:1::5',
  read(raw, at, findings) {
    const network = typeof raw === 'string' ? parseNetwork(raw) : undefined;
    if (!network) return findings.fault(at, raw, 'is not a network', `write ${balancerNetwork.expects}`);
    if (relayDanger(network) === undefined) return formatNetwork(network);
    const problem = 'is so wide that it holds strangers, who could then forge the address of any client';
    return findings.fault(at, raw, problem, 'list the addresses of your load balancers');
  },
};

const networks = listOf(balancerNetwork);

/** At least one: nobody could use a listener for the balancers of an empty list. */
export const balancers: Format<readonly string[]> = {
  ...networks,
  read(raw, at, findings) {
    const list = typeof raw === 'string' ? [raw] : raw;
    if (!Array.isArray(list) || list.length > 0) return networks.read(list, at, findings);
    const fix = 'list the addresses of your load balancers, or remove proxy when clients connect themselves';
    return findings.fault(at, raw, 'names no load balancer, so everybody would be turned away', fix);
  },
};

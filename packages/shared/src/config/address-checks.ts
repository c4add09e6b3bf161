/** Public addresses that the roles share or lack. Pure. */
import { isIPv6 } from 'node:net';
import { formatHostPort } from '../platform/network/addresses.ts';
import { hasOneAddress } from '../platform/network/one-address.ts';
import type { HostSettings } from './settings/hosts.ts';
import type { Settings } from './settings.ts';
import type { Findings } from './schema/findings.ts';

export function checkAddresses(settings: Settings, findings: Findings): void {
  checkNoneIsShared(settings, findings);
  for (const role of ['inbound', 'outbound'] as const) checkFamilies(role, settings, findings);
}

/** Works, but the second MX is then no other way in. */
function checkNoneIsShared(settings: Settings, findings: Findings): void {
  const { inbound, outbound } = settings;
  const shared = outbound.addresses.filter((address) => inbound.addresses.includes(address));
  if (shared.length === 0) return;
  if (hasOneAddress(settings)) {
    const problem =
      'is the only public address of both roles: there is one MX, and mail waits at its senders while the address is out of reach';
    const fix =
      'put "mailpair balancer haproxy --pair" before both, or give outbound an address of its own for a second MX';
    findings.warn('outbound.addresses', shared.join(', '), problem, fix);
    return;
  }
  const problem =
    'is in inbound.addresses too: if one gateway cannot be reached there, the other cannot either';
  const fix = 'give outbound an address of its own, or do not count on the second MX';
  findings.warn('outbound.addresses', shared.join(', '), problem, fix);
}

/** A local server that takes mail from listed addresses only would refuse a gateway that comes from one that is not listed. */
function checkFamilies(role: 'inbound' | 'outbound', settings: Settings, findings: Findings): void {
  const known = [...new Set(addressesOf(settings[role]))];
  if (known.length === 0 || known.some(isIPv6)) return;
  const servers = settings.domains.flatMap(({ localServers }) => localServers);
  const server = servers.find(({ host }) => isIPv6(host));
  if (!server) return;
  const problem = `has no IPv6 address, but the local server ${formatHostPort(server)} is reached by IPv6 only`;
  findings.warn(`${role}.addresses`, known.join(', '), problem, `add the IPv6 address of ${role}`);
}

const addressesOf = ({ addresses, nodes, sourceAddresses }: HostSettings): string[] => [
  ...addresses,
  ...nodes.flatMap((node) => node.addresses),
  ...sourceAddresses,
];

/**
 * The host names of the pair: the name of each role, which the MX records contain, and the name of each
 * machine, with which it greets and sends. Address records, SPF of the HELO identity (RFC 7208 §2.3), CAA
 * records and PTR requests are derived from them. Pure.
 */
import { isIPv4 } from 'node:net';
import { normaliseAddress } from '@mailpair/shared/platform/network/addresses';
import type { HostSettings } from '@mailpair/shared/config/sections/role';
import type { NodeSettings } from '@mailpair/shared/config/sections/nodes';
import { normaliseDomain } from '@mailpair/shared/platform/values/address';
import { isPublishable } from './publishable.ts';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { PtrRequest } from './dns-plan.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export type PlannedRole = Pick<HostSettings, 'host' | 'addresses'> &
  Partial<Pick<HostSettings, 'sourceAddresses' | 'publicSourceAddresses'>> & {
    readonly nodes: readonly Pick<NodeSettings, 'host' | 'addresses'>[];
  };

/** A host name with its addresses. */
export interface Host {
  /** The configuration key: `inbound`, `inbound.nodes[1]`. */
  readonly key: string;
  readonly name: string;
  readonly publishable: readonly string[];
  readonly unpublishable: readonly string[];
}

/** The name of a role, and the machines that have their own names. */
export interface RoleHosts {
  readonly itself: Host;
  readonly nodes: readonly Host[];
  /** Every public address of the role, each once. */
  readonly addresses: readonly string[];
  /**
   * Further source addresses, with a name of their own. The name of the role must lead only to hosts that
   * accept mail, and each source address needs a name that resolves back to it.
   */
  readonly sources: Host;
  /** Machines whose source address is not configured, so SPF cannot authorise their mail. */
  readonly unknown: readonly Host[];
}

export function hostsOf(key: RoleName, role: PlannedRole): RoleHosts {
  const machines = role.nodes.map((node, index) =>
    hostAt(`${key}.nodes[${index}]`, node.host, node.addresses),
  );
  const name = normaliseDomain(role.host);
  const named = machines.filter((machine) => machine.name === name);
  const nodes = machines.filter((machine) => machine.name !== name);
  const addressesOfName = [...role.addresses, ...named.flatMap(({ publishable }) => publishable)];
  const itself = hostAt(key, name, addressesOfName);
  const own = new Set(machines.flatMap(({ publishable }) => publishable));
  // Machines without public addresses send from an address of the role that belongs to no machine.
  const hasCommonAddress = itself.publishable.some((address) => !own.has(address));
  const addresses = [...new Set([...itself.publishable, ...own])];
  const sources = sourcesOf(key, name, role, addresses);
  const silent = machines.filter(({ publishable }) => publishable.length === 0);
  const unknown = addresses.length === 0 ? [itself] : hasCommonAddress ? [] : silent;
  return { itself, nodes, addresses, sources, unknown: sources.publishable.length > 0 ? [] : unknown };
}

/**
 * The public source addresses if they are configured (behind NAT), otherwise the local ones. Private
 * addresses are never published.
 */
function sourcesOf(
  key: string,
  name: string,
  { sourceAddresses = [], publicSourceAddresses = [] }: PlannedRole,
  addresses: readonly string[],
): Host {
  const isTold = publicSourceAddresses.length > 0;
  const [at, told] = isTold
    ? [`${key}.publicSourceAddresses`, publicSourceAddresses]
    : [`${key}.sourceAddresses`, sourceAddresses];
  const host = hostAt(at, `source.${name}`, told);
  return { ...host, publishable: host.publishable.filter((address) => !addresses.includes(address)) };
}

function hostAt(key: string, host: string, addresses: readonly string[]): Host {
  const distinct = [...new Set(addresses.map(normaliseAddress))];
  return {
    key,
    name: normaliseDomain(host),
    publishable: distinct.filter(isPublishable),
    unpublishable: distinct.filter((address) => !isPublishable(address)),
  };
}

export const namesOf = ({ itself, nodes }: RoleHosts): readonly Host[] => [itself, ...nodes];

export interface HostTtls {
  readonly addressTtl: number;
  readonly ttl: number;
}

/** For example `ip4:192.0.2.20`. */
export const spfTerm = (address: string): string => `${isIPv4(address) ? 'ip4' : 'ip6'}:${address}`;

export function addressRecords({ name, publishable }: Host, { addressTtl: ttl }: HostTtls): RecordSet[] {
  const v4 = publishable.filter((address) => isIPv4(address));
  const v6 = publishable.filter((address) => !isIPv4(address));
  return [
    ...(v4.length > 0 ? [{ name, ttl, type: 'A' as const, values: v4 }] : []),
    ...(v6.length > 0 ? [{ name, ttl, type: 'AAAA' as const, values: v6 }] : []),
  ];
}

export interface HostPurpose {
  /** The name is also a hosted domain, whose own SPF and CAA records have priority. */
  readonly isDomain: boolean;
  /** The CAs that may issue certificates for the name. */
  readonly caa: readonly string[];
  /** Source addresses other than those of the name. */
  readonly sources: readonly string[];
}

export function hostRecords(
  host: Host,
  ttls: HostTtls,
  { isDomain, caa, sources }: HostPurpose,
): RecordSet[] {
  const { name, publishable } = host;
  const { ttl } = ttls;
  const issuers = isDomain ? [] : caa;
  const spf = ['v=spf1', 'a', ...sources.map(spfTerm), '-all'].join(' ');
  return [
    ...addressRecords(host, ttls),
    ...(publishable.length > 0 && !isDomain ? [{ name, ttl, type: 'TXT' as const, values: [spf] }] : []),
    ...(issuers.length > 0
      ? [
          {
            name,
            ttl,
            type: 'CAA' as const,
            values: issuers.map((value) => ({ flags: 0, tag: 'issue', value })),
          },
        ]
      : []),
  ];
}

/**
 * One PTR name for each address: that of the machine, or that of the role if the address belongs to several
 * machines or to none. If both roles share an address, it gets the name of outbound, which sends most mail.
 */
export function ptrRequests(
  roles: readonly RoleHosts[],
  isOneAddress: boolean,
): { ptr: PtrRequest[]; notes: string[] } {
  const names = new Map<string, string>();
  const notes: string[] = [];
  for (const { itself, nodes, addresses, sources } of isOneAddress ? roles.toReversed() : roles) {
    for (const address of [...addresses, ...sources.publishable]) {
      const [node, ...others] = nodes.filter(({ publishable }) => publishable.includes(address));
      const ofRole = addresses.includes(address) ? itself.name : sources.name;
      const name = node && others.length === 0 ? node.name : ofRole;
      const taken = names.get(address);
      if (taken === undefined) names.set(address, name);
      else if (!isOneAddress)
        notes.push(`${address} is an address of ${taken} and of ${name}; its PTR record can name one only.`);
    }
  }
  return { ptr: [...names].map(([address, name]) => ({ address, name })), notes };
}

/** Notes on source addresses that the plan does not contain. */
export function notesOnSources({
  sources: { key, unpublishable, publishable },
  itself,
}: RoleHosts): string[] {
  if (unpublishable.length === 0) return [];
  const which = unpublishable.join(', ');
  if (key.endsWith('.publicSourceAddresses') || publishable.length > 0)
    return [`${key}: ${which} cannot be reached from the internet, so it is left out.`];
  return [
    `${key}: ${which} is private, so mail of ${itself.name} leaves by NAT. If the address that receivers see is none of ` +
      `${itself.key}.addresses, set ${itself.key}.publicSourceAddresses to it, or its mail fails SPF.`,
  ];
}

export function notesOnHost(
  { key, name, publishable, unpublishable }: Host,
  zone: string | undefined,
): string[] {
  const notes = unpublishable.map(
    (address) =>
      `${key}.addresses: ${address} cannot be reached from the internet, so it is left out; give the public address.`,
  );
  if (zone === undefined)
    notes.push(
      `${key}.host: ${name} is in no hosted domain and in none of publish.zones; its records belong in another zone.`,
    );
  if (publishable.length === 0)
    notes.push(
      `${key}.addresses: no public address given, so no address, PTR and SPF records are planned for ${name}.`,
    );
  else if (publishable.every((address) => isIPv4(address)))
    notes.push(`${key}.addresses: no IPv6 address; ${name} cannot be reached by hosts that have only IPv6.`);
  else if (!publishable.some((address) => isIPv4(address)))
    notes.push(`${key}.addresses: no IPv4 address; ${name} cannot be reached by hosts that have only IPv4.`);
  return notes;
}

/**
 * What DNS must say so that the pair works: from the settings to record sets, PTR requests and notes. Pure.
 *
 * Both hosts are in every SPF record, because either may send (a DSN, or for its partner). A record that would do
 * harm if published (a private address, an SPF record that lacks a host) is not planned; a note says why.
 * Names are without the final dot; the formats add it.
 */
import { isIPv4 } from 'node:net';
import { normaliseAddress } from '../system/addresses.ts';
import type { HostSettings, Settings } from '../system/settings.ts';
import { normaliseDomain } from '../values/address.ts';
import { isPublishable } from './publishable.ts';

interface OfName {
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
}

export interface MxValue {
  readonly preference: number;
  readonly exchange: string;
}

/** All records of one name and type. */
export type RecordSet =
  | (OfName & { readonly type: 'A' | 'AAAA'; readonly values: readonly string[] })
  | (OfName & { readonly type: 'MX'; readonly values: readonly MxValue[] })
  | (OfName & { readonly type: 'TXT'; readonly values: readonly string[] });

export interface ZonePlan {
  /** A hosted domain, taken to be a zone of its own. */
  readonly zone: string;
  readonly records: readonly RecordSet[];
}

export interface DnsPlan {
  readonly zones: readonly ZonePlan[];
  /** Records of hosts that lie in no hosted domain: for whoever keeps their zone. */
  readonly elsewhere: readonly RecordSet[];
  /** To be asked of whoever owns the addresses. */
  readonly ptr: readonly { readonly address: string; readonly name: string }[];
  /** What is odd or missing, each a sentence. */
  readonly notes: readonly string[];
}

export type PlannedPair = {
  readonly domains: readonly Pick<Settings['domains'][number], 'name'>[];
  readonly inbound: Pick<HostSettings, 'host' | 'addresses'>;
  readonly outbound: Pick<HostSettings, 'host' | 'addresses'>;
};

/** Short where an address may have to change in a hurry. */
const addressTtl = 300;
const ttl = 3600;

interface Host {
  readonly key: 'inbound' | 'outbound';
  readonly name: string;
  readonly publishable: readonly string[];
  readonly unpublishable: readonly string[];
}

export function planDns(settings: PlannedPair): DnsPlan {
  const inbound = hostOf('inbound', settings.inbound);
  const outbound = hostOf('outbound', settings.outbound);
  const hosts = [inbound, outbound];
  const domains = [...new Set(settings.domains.map(({ name }) => normaliseDomain(name)))];
  const spf = domainSpf(outbound, inbound);

  const zones = domains.map((domain) => ({
    zone: domain,
    records: [
      ...hosts
        .filter((host) => zoneOf(host.name, domains) === domain)
        .flatMap((host) => hostRecords(host, domains)),
      mxOf(domain, inbound, outbound),
      ...(spf === null ? [] : [txt(domain, spf)]),
    ],
  }));
  return {
    zones,
    elsewhere: hosts
      .filter((host) => zoneOf(host.name, domains) === undefined)
      .flatMap((host) => hostRecords(host, domains)),
    ptr: hosts.flatMap(({ name, publishable }) => publishable.map((address) => ({ address, name }))),
    notes: [...hosts.flatMap((host) => notesOn(host, domains)), ...notesOnSpf(spf, hosts)],
  };
}

function hostOf(key: Host['key'], { host, addresses }: PlannedPair['inbound']): Host {
  const distinct = [...new Set(addresses.map(normaliseAddress))];
  return {
    key,
    name: normaliseDomain(host),
    publishable: distinct.filter(isPublishable),
    unpublishable: distinct.filter((address) => !isPublishable(address)),
  };
}

/** The hosted domain a host lies in: the longest, when one hosted domain lies in another. */
const zoneOf = (host: string, domains: readonly string[]): string | undefined =>
  domains
    .filter((domain) => host === domain || host.endsWith(`.${domain}`))
    .sort((a, b) => b.length - a.length)
    .at(0);

function hostRecords({ name, publishable }: Host, domains: readonly string[]): RecordSet[] {
  if (publishable.length === 0) return [];
  const v4 = publishable.filter((address) => isIPv4(address));
  const v6 = publishable.filter((address) => !isIPv4(address));
  return [
    ...(v4.length > 0 ? [{ name, ttl: addressTtl, type: 'A' as const, values: v4 }] : []),
    ...(v6.length > 0 ? [{ name, ttl: addressTtl, type: 'AAAA' as const, values: v6 }] : []),
    // The HELO identity (RFC 7208 §2.3). A name has one SPF record, so the domain's own goes first.
    ...(domains.includes(name) ? [] : [txt(name, 'v=spf1 a -all')]),
  ];
}

const mxOf = (domain: string, inbound: Host, outbound: Host): RecordSet => ({
  name: domain,
  ttl,
  type: 'MX',
  values: [
    { preference: 10, exchange: inbound.name },
    { preference: 20, exchange: outbound.name },
  ],
});

const txt = (name: string, value: string): RecordSet => ({ name, ttl, type: 'TXT', values: [value] });

/** Addresses rather than names: nothing to look up (RFC 7208 §4.6.4). Null when a host's addresses are unknown. */
function domainSpf(...hosts: readonly Host[]): string | null {
  if (hosts.some(({ publishable }) => publishable.length === 0)) return null;
  const terms = hosts.flatMap(({ publishable }) =>
    publishable.map((address) => `${isIPv4(address) ? 'ip4' : 'ip6'}:${address}`),
  );
  return ['v=spf1', ...new Set(terms), '-all'].join(' ');
}

function notesOn(host: Host, domains: readonly string[]): string[] {
  const { key, name, publishable, unpublishable } = host;
  const notes = unpublishable.map(
    (address) =>
      `${key}.addresses: ${address} cannot be reached from the internet, so it is left out; give the public address.`,
  );
  if (zoneOf(name, domains) === undefined)
    notes.push(`${key}.host: ${name} lies in no hosted domain; its records belong in another zone.`);
  if (publishable.length === 0)
    notes.push(
      `${key}.addresses: no public address given, so no address, PTR and SPF records are planned for ${name}.`,
    );
  else if (publishable.every((address) => isIPv4(address)))
    notes.push(`${key}.addresses: no IPv6 address; ${name} is out of reach for hosts that have only IPv6.`);
  else if (!publishable.some((address) => isIPv4(address)))
    notes.push(`${key}.addresses: no IPv4 address; ${name} is out of reach for hosts that have only IPv4.`);
  return notes;
}

function notesOnSpf(spf: string | null, hosts: readonly Host[]): string[] {
  if (spf !== null)
    return ['SPF ends in -all: add whatever else sends mail for these domains before you publish it.'];
  const unknown = hosts
    .filter(({ publishable }) => publishable.length === 0)
    .map(({ key }) => `${key}.addresses`);
  return [
    `SPF of the domains is not planned: without ${unknown.join(' and ')} it would disown mail of our own.`,
  ];
}

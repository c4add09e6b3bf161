/** Derives the input of the checks from the settings and the plan. Pure. */
import { hasOneAddress } from '@mailpair/shared/platform/network/one-address';
import { isWithinAnyDomain, normaliseDomain } from '@mailpair/shared/platform/values/address';
import { dkimName } from '@mailpair/shared/dns-records/dkim-record';
import type { DkimKey } from '@mailpair/shared/dns-records/dkim-record';
import type { PlannedPair } from '../plan.ts';
import type { DnsPlan } from '../dns-plan.ts';
import { plannedRecords } from './check.ts';
import type { Given } from './check.ts';

export interface Asked {
  /** ms since the epoch. */
  readonly now: number;
  readonly isMovePlanned: boolean;
  readonly asksGateways: boolean;
}

type Pair = Pick<PlannedPair, 'domains' | 'inbound' | 'outbound' | 'publish'> & {
  readonly dns: { readonly update: { readonly server: unknown } };
};

export function givenOf(
  { domains, inbound, outbound, publish, dns }: Pair,
  plan: DnsPlan,
  dkim: readonly DkimKey[],
  { now, isMovePlanned, asksGateways }: Asked,
): Omit<Given, 'world'> {
  const namesOfRole = (role: Pair['inbound']): string[] => [
    ...new Set([role.host, ...role.nodes.map(({ host }) => host)].map(normaliseDomain)),
  ];
  const isOneAddress = hasOneAddress({ inbound, outbound });
  const [inboundNames, outboundNames] = [namesOfRole(inbound), namesOfRole(outbound)];
  return {
    plan,
    domains: [...new Set(domains.map(({ name }) => normaliseDomain(name)))],
    // At one address either gateway responds with the name of the MX.
    namesOf: (host) =>
      isOneAddress
        ? [...inboundNames, ...outboundNames]
        : ([inboundNames, outboundNames].find((names) => names.includes(host)) ?? [host]),
    roleOf: (host) => (inboundNames.includes(host) ? 'inbound' : 'outbound'),
    waitingKeys: new Set(dkim.filter(({ isWaiting }) => isWaiting).map(dkimName)),
    balanced: dns.update.server === null ? [] : [inbound, outbound].map(({ host }) => normaliseDomain(host)),
    now,
    moveTtl: isMovePlanned ? Math.ceil(publish.addressTtlMs / 1000) : null,
    asksGateways,
  };
}

/**
 * Whether the pair keeps the records of a name: it is in a planned zone, or at or below the name of a host of
 * the pair.
 */
export function isOursIn(plan: DnsPlan): (name: string) => boolean {
  const tops = [...plan.zones.map(({ zone }) => zone), ...plannedRecords(plan).map(({ name }) => name)];
  return (name) => isWithinAnyDomain(name, tops);
}

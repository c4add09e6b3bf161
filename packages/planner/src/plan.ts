/**
 * Plans the DNS of the pair: derives record sets, PTR requests, MTA-STS policies and notes from the settings
 * and the public keys. Pure.
 *
 * The plan contains nothing that is harmful when published: no private address, no SPF record that lacks a
 * host, no TLSA set that lacks a key, no enforced policy without a valid certificate, and no reference to a
 * policy without a web server. A note states what is left out and why.
 */
import { basisOf } from './plan-basis.ts';
import type { PlanBasis, PlannedPair } from './plan-basis.ts';
import { dkimName } from '@mailpair/shared/dns-records/dkim-record';
import { composePolicy } from '@mailpair/shared/dns-records/mta-sts';
import { policyOf, policyRecords } from './plan-mta-sts.ts';
import { addressRecords, hostRecords, namesOf, ptrRequests } from './plan-hosts.ts';
import type { RoleHosts } from './plan-hosts.ts';
import { planNotes } from './plan-notes.ts';
import { noPublicKeys } from './public-keys.ts';
import type { PublicKeys } from './public-keys.ts';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { DnsPlan, MtaStsPolicy } from './dns-plan.ts';
import { dmarcRecords, reportConsents, tlsRptRecords } from './reports.ts';
import { keysOf, tlsaRecords, type HostKey } from './plan-tlsa.ts';
import { placeRecords } from './zones.ts';

export type { PlannedPair } from './plan-basis.ts';
export type { CaaValue, MxValue, RecordSet, TlsaValue } from '@mailpair/shared/dns-records/records';
export type { DnsPlan, MtaStsPolicy } from './dns-plan.ts';

export function planDns(pair: PlannedPair, keys: PublicKeys = noPublicKeys): DnsPlan {
  const basis = basisOf(pair, keys);
  const { zones, roles, isOneAddress } = basis;
  const policies = basis.isPolicyServed ? policiesOf(basis) : [];
  const planned = [...roles.flatMap((role) => roleRecords(role, basis)), ...domainRecords(basis, policies)];
  const { sets, notes } = withoutContradictions(planned);
  const { ptr, notes: ptrNotes } = ptrRequests(roles, isOneAddress);
  return {
    ...placeRecords(sets, zones),
    ptr,
    policies,
    notes: [...planNotes(basis), ...ptrNotes, ...notes],
  };
}

/**
 * The policies that the web server must serve. They are also composed while publish.mtaSts.host is not set.
 */
export const policiesToServe = (pair: PlannedPair, keys: PublicKeys = noPublicKeys): MtaStsPolicy[] =>
  policiesOf(basisOf(pair, keys));

function policiesOf({ pair, domains, mtaStsMode, ...basis }: PlanBasis): MtaStsPolicy[] {
  if (mtaStsMode === null) return [];
  const mx = mxRoles(basis).map(({ itself }) => itself.name);
  const maxAge = Math.floor(pair.publish.mtaSts.maxAgeMs / 1000);
  // The policy names both MX hosts, because senders that enforce it refuse every host it does not name (RFC
  // 8461 §3.2).
  const text = composePolicy({ mode: mtaStsMode, mx, maxAge });
  return domains.map((domain) => policyOf(domain, text));
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** The roles that MX records name, inbound first. */
const mxRoles = ({ roles, isOneAddress }: Pick<PlanBasis, 'roles' | 'isOneAddress'>): readonly RoleHosts[] =>
  isOneAddress ? [roles[0]] : roles;

function roleRecords(role: RoleHosts, basis: PlanBasis): RecordSet[] {
  const { publish } = basis.pair;
  const { domains } = basis;
  const ttls = { ttl: seconds(publish.ttlMs), addressTtl: seconds(publish.addressTtlMs) };
  return [
    ...namesOf(role).flatMap((host) =>
      hostRecords(host, ttls, {
        ...{ isDomain: domains.includes(host.name), caa: publish.caa },
        sources: role.sources.publishable,
      }),
    ),
    ...addressRecords(role.sources, ttls),
    ...(publish.tlsa && mxRoles(basis).includes(role)
      ? tlsaRecords(role.itself.name, keysBehind(role, basis), ttls.ttl)
      : []),
  ];
}

/**
 * The keys that may be presented under the name of a role. At one address either gateway may respond, so the
 * keys of both must be known.
 */
function keysBehind(role: RoleHosts, { roles, keys, isOneAddress }: PlanBasis): HostKey[] {
  if (!isOneAddress) return keysOf(role, keys.hosts);
  const known = roles.map((each) => keysOf(each, keys.hosts));
  return known.some((found) => found.length === 0) ? [] : known.flat();
}

function domainRecords(basis: PlanBasis, policies: readonly MtaStsPolicy[]): RecordSet[] {
  const { keys, domains, spf } = basis;
  const { publish } = basis.pair;
  const ttl = seconds(publish.ttlMs);
  const txt = (name: string, values: readonly string[]): RecordSet => ({ name, ttl, type: 'TXT', values });
  const records = domains.flatMap((domain) => [
    mxOf(domain, mxRoles(basis), ttl),
    ...(spf === null ? [] : [txt(domain, [spf])]),
    ...keys.dkim.filter((key) => key.domain === domain).map((key) => txt(dkimName(key), [key.record])),
    ...dmarcRecords(domain, publish.dmarc, ttl),
    ...reportConsents(domain, publish.dmarc, ttl),
    ...tlsRptRecords(domain, publish.tlsRpt, ttl),
    ...policies
      .filter((policy) => policy.domain === domain)
      .flatMap((policy) => policyRecords(policy, publish.mtaSts.host, ttl)),
  ]);
  const texts = [...publish.texts].filter(([, values]) => values.length > 0);
  return [...records, ...texts.map(([name, values]) => txt(name, values))];
}

const mxOf = (domain: string, roles: readonly RoleHosts[], ttl: number): RecordSet => ({
  name: domain,
  ttl,
  type: 'MX',
  values: roles.map(({ itself }, i) => ({ preference: 10 * (i + 1), exchange: itself.name })),
});

const longestName = 253;

/** Removes names that are too long for DNS, and CNAMEs at names that have other records (RFC 1034 §3.6.2). */
function withoutContradictions(planned: readonly RecordSet[]): { sets: RecordSet[]; notes: string[] } {
  const notes: string[] = [];
  const sets = planned.filter((set) => {
    if (set.name.length > longestName) {
      notes.push(`${set.name}: the name is longer than DNS allows, so its ${set.type} record is left out.`);
      return false;
    }
    const isAlias = set.type === 'CNAME';
    if (isAlias && planned.some(({ name, type }) => name === set.name && type !== 'CNAME')) {
      notes.push(
        `${set.name} has other records, so it cannot be an alias of publish.mtaSts.host (${set.values.join()}).`,
      );
      return false;
    }
    return true;
  });
  return { sets, notes };
}

/** Notes for the person who publishes a plan: what is unusual or missing, and why. Pure. */
import { policyHost } from '@mailpair/shared/dns-records/mta-sts';
import { namesOf, notesOnHost, notesOnSources } from './plan-hosts.ts';
import type { PlanBasis } from './plan-basis.ts';
import { notesOnSpf } from './plan-spf.ts';
import { domainOf } from '@mailpair/shared/platform/values/address';
import { keysOf } from './plan-tlsa.ts';
import { innermost } from './zones.ts';

export function planNotes(basis: PlanBasis): string[] {
  const { roles, zones, spf, pair, keys } = basis;
  const hosts = roles.flatMap(namesOf);
  return [
    ...hosts.flatMap((host) => notesOnHost(host, innermost(host.name, zones))),
    ...roles.flatMap(notesOnSources),
    ...notesOnNames(basis),
    ...notesOnOneAddress(basis),
    ...notesOnSpf(spf, [roles[1], roles[0]], pair.publish.spf),
    ...keys.notes,
    ...notesOnDkim(basis),
    ...notesOnReports(basis),
    ...notesOnMtaSts(basis),
    ...notesOnTlsa(basis),
  ];
}

function notesOnNames({ roles, domains, zones }: PlanBasis): string[] {
  const bare = roles.flatMap(namesOf).filter(({ name }) => domains.includes(name));
  const nested = domains.filter(
    (domain) => zones.includes(domain) && innermost(parentOf(domain), zones) !== undefined,
  );
  return [
    ...bare.map(
      ({ key, name }) =>
        `${key}.host: ${name} is a hosted domain itself, so its address records replace those of its web site.`,
    ),
    ...nested.map(
      (domain) =>
        `${domain} is assumed to be a zone of its own; if it is part of the zone ` +
        `${innermost(parentOf(domain), zones)}, name that one in publish.zones.`,
    ),
  ];
}

const parentOf = (name: string): string => name.slice(name.indexOf('.') + 1);

/**
 * Describes the port forwarding that a router in front of both roles needs, and the consequences for senders.
 */
function notesOnOneAddress({ isOneAddress, pair, roles: [inbound, outbound] }: PlanBasis): string[] {
  if (!isOneAddress) return [];
  const [mx, sender] = [inbound.itself.name, outbound.itself.name];
  const { addresses } = pair.inbound;
  const ports = [...new Set(pair.outbound.listen?.submission.map(({ port }) => port))].join(' and ');
  return [
    `${addresses.join(' and ')} is the address of both roles, so ${mx} is the only MX: while the address cannot be reached, mail ` +
      'waits at its senders.',
    `A router at ${addresses.join(' and ')} must forward TCP port 25 to a balancer before both gateways ("mailpair balancer haproxy ` +
      `--pair"), which must see the addresses of clients${ports === '' ? '' : `, and ports ${ports} to outbound for users outside`}. ` +
      'Connections of both gateways to port 25 of others must leave by the same address. Then run "mailpair dns verify" from outside.',
    `Either gateway may answer as ${mx}: the certificates of both must name it, and TLSA of ${mx} is planned once the certificates of ` +
      `both are known here. ${sender} stays a name of its own, for the PTR record and for submission.`,
  ];
}

function notesOnDkim({ pair, domains, keys }: PlanBasis): string[] {
  const bare = domains.filter((domain) => !keys.dkim.some((key) => key.domain === domain));
  if (bare.length === 0) return [];
  return [
    `dkim.keys: no usable key in ${pair.dkim.keys} for ${bare.join(', ')}, so no DKIM record is planned there.`,
  ];
}

function notesOnReports({ pair: { publish }, domains, zones }: PlanBasis): string[] {
  const { dmarc, tlsRpt } = publish;
  const notes: string[] = [];
  if (dmarc.policy === 'none' && dmarc.rua.length === 0)
    notes.push(
      'publish.dmarc.rua is empty: without reports it remains unknown which hosts send in the name of these domains.',
    );
  if (dmarc.policy !== 'off') {
    const away = new Set(
      dmarc.rua.map(domainOf).filter((to) => innermost(to, [...domains, ...zones]) === undefined),
    );
    for (const to of away)
      notes.push(
        `publish.dmarc.rua: receivers send reports to ${to} only if it agrees by TXT records of its own, ` +
          `DOMAIN._report._dmarc.${to}; have them published there.`,
      );
  }
  if (tlsRpt.rua.length === 0)
    notes.push(
      'publish.tlsRpt.rua is empty, so no TLS-RPT record is planned and failures of TLS go unreported.',
    );
  return notes;
}

function notesOnMtaSts({ pair: { publish, tls }, domains, mtaStsMode, isPolicyServed }: PlanBasis): string[] {
  const { mode } = publish.mtaSts;
  if (mtaStsMode === null) return [];
  const notes: string[] = [];
  if (mode === 'enforce' && mtaStsMode === 'testing') {
    const why =
      tls.certFile === null
        ? 'there is no tls.certFile'
        : `the certificate in ${tls.certFile} is self-signed`;
    notes.push(`publish.mtaSts.mode: enforce would stop mail, because ${why}; planned as testing.`);
  }
  const [first = ''] = domains;
  const where =
    domains.length > 1 ? `mta-sts.DOMAIN of every domain (${policyHost(first)} …)` : policyHost(first);
  notes.push(
    isPolicyServed
      ? `MTA-STS counts only once ${where} serves the policy over HTTPS; "mailpair dns plan --policy" prints it.`
      : 'publish.mtaSts.host names no web server, so no MTA-STS record is planned: senders would look for a policy ' +
          'that no server provides. To add it, serve what "mailpair dns plan --policy" prints as ' +
          `https://${policyHost(first)}/.well-known/mta-sts.txt, then name the web server in publish.mtaSts.host.`,
  );
  return notes;
}

function notesOnTlsa({ pair: { publish, tls }, roles, keys, isOneAddress }: PlanBasis): string[] {
  if (!publish.tlsa) return [];
  const hasKeys = keys.hosts.length > 0;
  if (tls.certFile === null && !hasKeys)
    return [
      'No TLSA records are planned: without tls.certFile each host makes a self-signed certificate of its own, which is not pinned.',
    ];
  const bare = roles.filter((role) => keysOf(role, keys.hosts).length === 0);
  // At one address there is only one MX name, whose TLSA records need the keys of both roles.
  const candidates = isOneAddress ? (bare.length > 0 ? [] : [roles[0]]) : roles;
  const pinned = candidates.filter((role) => !bare.includes(role));
  return [
    ...bare.map(
      ({ itself, nodes }) =>
        `No TLSA record is planned for ${itself.name}: no certificate here is for ` +
        `${[itself, ...nodes].map(({ name }) => name).join(' or ')}; name its file in publish.certificates, ` +
        'or make the plan on that host too.',
    ),
    ...(pinned.length > 0
      ? [
          'TLSA has an effect in zones signed with DNSSEC, and is binding: renew certificates with the same key, or ' +
            'publish the next one first (publish.certificates) and wait until the old records have expired.',
        ]
      : []),
    ...pinned
      .filter(({ nodes }) => nodes.length > 1)
      .map(
        ({ itself }) =>
          `TLSA of ${itself.name} is for all its nodes: each must present one of the keys planned, else ` +
          'name its certificate in publish.certificates.',
      ),
  ];
}

/**
 * Checks that the TLSA records of each MX host match the certificate that the host presents (RFC 7672). If
 * none matches, every sender with DANE refuses to deliver, and at the second MX this easily remains
 * unnoticed. Pure.
 */
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-message';
import type { RecordSet, TlsaValue } from '@mailpair/shared/dns-records/records';
import { composeTlsa, keyDigest, tlsaFits, tlsaName } from '@mailpair/shared/dns-records/tlsa';
import { plannedSet } from './check.ts';
import type { Given } from './check.ts';
import { doorsOf, mxHostsOf } from './doors.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { lineOf, linesOf } from './record-line.ts';

export function checkTlsa(given: Given): Finding[] {
  const hosts = mxHostsOf(given);
  return [...hosts.flatMap((host) => checkHost(given, host)), ...judgeSides(given, hosts)];
}

function checkHost(given: Given, host: string): Finding[] {
  const lookup = given.world.lookup(tlsaName(host), 'TLSA');
  const planned = plannedSet(given.plan, tlsaName(host), 'TLSA');
  if (lookup.kind === 'unknown' || lookup.kind === 'alias') return [];
  const live = lookup.kind === 'records' ? lookup.records : [];
  const told = {
    subject: tlsaName(host),
    is: live.map(lineOf),
    shouldBe: planned ? linesOf(planned) : [],
  };
  if (live.length === 0)
    return planned
      ? [
          fault({
            ...told,
            code: 'tlsa-missing',
            problem: `${host} has no TLSA records.`,
            why: 'Senders that use DANE cannot tell the host from one that took its place.',
            fix: 'Publish the records, or set publish.tlsa: false.',
          }),
        ]
      : [];
  const findings = [...judgeFit(given, host, live, told.is), ...judgeAgainstPlan(live, planned, told)];
  if (lookup.kind === 'records' && !lookup.secure)
    findings.push(
      remark({
        ...told,
        code: 'tlsa-without-dnssec',
        problem: `The zone of ${tlsaName(host)} is not signed.`,
        why: 'Senders heed TLSA records only where DNSSEC protects them (RFC 7672 §2.2), so these have no effect.',
        fix: 'Sign the zone and publish its DS record, or set publish.tlsa: false.',
        shouldBe: [],
      }),
    );
  return findings;
}

function judgeFit(
  given: Given,
  host: string,
  live: readonly DnsRecord<'TLSA'>[],
  is: readonly string[],
): Finding[] {
  const chains = doorsOf(given, host).flatMap(({ door }) =>
    door.kind === 'answered' && door.tls.kind === 'done' ? [door.tls.chain] : [],
  );
  const usable = live.filter(({ value }) => value.usage >= 2);
  const misfit = chains.find((chain) => !usable.some(({ value }) => tlsaFits(value, chain)));
  const [certificate] = misfit ?? [];
  if (!certificate) return [];
  const value = composeTlsa(keyDigest(certificate.publicKey));
  return [
    fault({
      code: 'tlsa-mismatch',
      subject: tlsaName(host),
      problem: `The TLSA records of ${host} fit none of the keys that it presents on port 25.`,
      why: 'Every sender that uses DANE refuses to deliver there; its mail waits and then bounces.',
      fix: 'Publish the record of the key in use, and remove the others only after their TTL.',
      is,
      shouldBe: [lineOf({ name: tlsaName(host), type: 'TLSA', ttl: live[0]?.ttl ?? 3600, value })],
    }),
  ];
}

type Told = Pick<Finding, 'subject' | 'is' | 'shouldBe'>;

function judgeAgainstPlan(
  live: readonly DnsRecord<'TLSA'>[],
  planned: RecordSet | undefined,
  told: Told,
): Finding[] {
  if (planned?.type !== 'TLSA') return [];
  const text = ({ usage, selector, matching, data }: TlsaValue): string =>
    [usage, selector, matching, data].join(' ');
  const [is, shouldBe] = [live.map(({ value }) => text(value)), planned.values.map(text)];
  if (shouldBe.some((value) => !is.includes(value)))
    return [
      fault({
        ...told,
        code: 'tlsa-differs',
        problem: `${told.subject} lacks the record of a key in tls.certFile or publish.certificates.`,
        why: 'As soon as the host presents that key, senders that use DANE refuse to deliver there.',
        fix: 'Publish the planned records a TTL before the key is put to use.',
      }),
    ];
  if (is.every((value) => shouldBe.includes(value))) return [];
  return [
    remark({
      ...told,
      code: 'tlsa-extra',
      problem: `${told.subject} has records of keys that are not in the configuration.`,
      why: 'Who has such a key passes for the host.',
      fix: 'Remove them once the keys are out of use.',
    }),
  ];
}

/** DANE at only one of the two hosts protects nothing, because an attacker can block that host. */
function judgeSides({ world }: Given, hosts: readonly string[]): Finding[] {
  const kinds = hosts.map((host) => ({ host, kind: world.lookup(tlsaName(host), 'TLSA').kind }));
  const without = kinds.filter(({ kind }) => kind === 'none').map(({ host }) => host);
  if (without.length === 0 || !kinds.some(({ kind }) => kind === 'records')) return [];
  return [
    remark({
      code: 'tlsa-one-sided',
      subject: without.join(', '),
      problem: `${without.join(', ')} has no TLSA records, and the other MX host has.`,
      why: 'Who blocks the protected host gets the mail at the other.',
      fix: 'Name the certificates of both gateways in publish.certificates, and publish what dns plan then prints.',
    }),
  ];
}

/**
 * Records for DMARC (RFC 7489) and TLS-RPT (RFC 8460): the policy for receivers and the addresses for
 * reports. Pure.
 */
import { composeDmarcRecord, dmarcName, REPORT_CONSENT } from '@mailpair/shared/dns-records/dmarc-record';
import { composeTlsRptRecord, tlsRptName } from '@mailpair/shared/dns-records/tls-rpt-record';
import { areRelatedDomains, domainOf } from '@mailpair/shared/platform/values/address';
import type { PublishSettings } from '@mailpair/shared/config/sections/publish';
import type { RecordSet } from '@mailpair/shared/dns-records/records';

const uris = (addresses: readonly string[]): string[] => addresses.map((address) => `mailto:${address}`);

export function dmarcRecords(
  domain: string,
  { policy, rua }: PublishSettings['dmarc'],
  ttl: number,
): RecordSet[] {
  if (policy === 'off') return [];
  const value = composeDmarcRecord({ policy, rua: uris(rua) });
  return [{ name: dmarcName(domain), ttl, type: 'TXT', values: [value] }];
}

/**
 * The records by which a domain agrees to receive reports about another domain (RFC 7489 §7.1). They are not
 * required if one domain is within the other; an additional record does no harm.
 */
export function reportConsents(
  domain: string,
  { policy, rua }: PublishSettings['dmarc'],
  ttl: number,
): RecordSet[] {
  if (policy === 'off') return [];
  const strangers = new Set(rua.map(domainOf).filter((to) => !areRelatedDomains(to, domain)));
  return [...strangers].map((to) => ({
    name: `${domain}._report.${dmarcName(to)}`,
    ttl,
    type: 'TXT',
    values: [REPORT_CONSENT],
  }));
}

export function tlsRptRecords(domain: string, { rua }: PublishSettings['tlsRpt'], ttl: number): RecordSet[] {
  if (rua.length === 0) return [];
  return [{ name: tlsRptName(domain), ttl, type: 'TXT', values: [composeTlsRptRecord(uris(rua))] }];
}

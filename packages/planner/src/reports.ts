/** DMARC (RFC 7489) and TLS-RPT (RFC 8460): what receivers shall do and where they report. Pure. */
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
 * RFC 7489 §7.1: the domain that gets reports about another agrees to it, by this record in its own zone. It need not
 * where one of the two lies within the other; an agreement more than needed does no harm.
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

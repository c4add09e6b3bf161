/** DMARC (RFC 7489) and TLS-RPT (RFC 8460): what receivers shall do and where they report. Pure. */
import type { PublishSettings } from '@mailpair/shared/config/settings/publish';
import { domainOf } from '@mailpair/shared/platform/values/address';
import type { RecordSet } from '@mailpair/shared/dns-records/records';

const uris = (addresses: readonly string[]): string =>
  addresses.map((address) => `mailto:${address}`).join(',');

export function dmarcRecords(
  domain: string,
  { policy, rua }: PublishSettings['dmarc'],
  ttl: number,
): RecordSet[] {
  if (policy === 'off') return [];
  const tags = ['v=DMARC1', `p=${policy}`, ...(rua.length > 0 ? [`rua=${uris(rua)}`] : [])];
  return [{ name: `_dmarc.${domain}`, ttl, type: 'TXT', values: [tags.join('; ')] }];
}

/** RFC 7489 §7.1: the domain that gets reports about another agrees to it, by this record in its own zone. */
export function reportConsents(
  domain: string,
  { policy, rua }: PublishSettings['dmarc'],
  ttl: number,
): RecordSet[] {
  if (policy === 'off') return [];
  const strangers = new Set(rua.map(domainOf).filter((to) => !isKin(to, domain)));
  return [...strangers].map((to) => ({
    name: `${domain}._report._dmarc.${to}`,
    ttl,
    type: 'TXT',
    values: ['v=DMARC1'],
  }));
}

/** Of one organisation for certain. An agreement more than needed does no harm. */
const isKin = (a: string, b: string): boolean => a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);

export function tlsRptRecords(domain: string, { rua }: PublishSettings['tlsRpt'], ttl: number): RecordSet[] {
  if (rua.length === 0) return [];
  return [{ name: `_smtp._tls.${domain}`, ttl, type: 'TXT', values: [`v=TLSRPTv1; rua=${uris(rua)}`] }];
}

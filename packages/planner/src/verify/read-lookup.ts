/** Interprets a DNS response to a question. Pure. */
import { composeData } from '@mailpair/shared/dns-records/rdata';
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';
import type { DnsReply } from '@mailpair/shared/platform/dns/dns-query';
import type { Answer } from './world.ts';

/**
 * @param zone the zone that the server is authoritative for; null for a resolver. A server is lame only if
 * its response shows that it does not serve the zone; SERVFAIL shows nothing about the records.
 */
export function readLookup(
  reply: DnsReply,
  { name, type }: DnsQuestion,
  zone: string | null,
): Answer['lookup'] {
  const { rcode, authoritative, records } = reply;
  if (zone !== null && (rcode === 'REFUSED' || rcode === 'NOTAUTH'))
    return { kind: 'lame', zone, why: `answers ${rcode}` };
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { kind: 'unknown', why: `answers ${rcode}` };
  if (zone !== null && !authoritative) return { kind: 'lame', zone, why: 'does not speak for it' };

  const own = records.filter((record) => record.name === name && record.type === type);
  // Sorted, because name servers rotate the records.
  const sorted = own.map((record) => ({ record, data: composeData(record) })).sort(byData);
  if (own.length > 0)
    return {
      kind: 'records',
      records: sorted.map(({ record }) => record),
      secure: reply.authenticated || reply.signed,
      authoritative,
    };
  const alias = records.find((record) => record.name === name && record.type === 'CNAME');
  if (alias) return { kind: 'alias', record: alias as DnsRecord<'CNAME'> };
  return { kind: 'none', nameExists: rcode === 'NOERROR' };
}

const byData = (a: { readonly data: string }, b: { readonly data: string }): number =>
  a.data.localeCompare(b.data, 'en', { numeric: true });

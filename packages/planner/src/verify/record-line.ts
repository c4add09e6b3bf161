/** Records as master-file lines (RFC 1035 §5.1), for comparing and for showing. Pure. */
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-query';
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import { composeTxt } from '@mailpair/shared/dns-records/rdata';
import type { PtrRequest, RecordSet } from '@mailpair/shared/dns-records/records';

export function lineOf(record: DnsRecord): string {
  return `${record.name}. ${record.ttl} IN ${record.type} ${dataOf(record)}`;
}

/** The part that two records of one name and type differ in. */
export function dataOf({ type, value }: DnsRecord): string {
  if (type === 'TXT') return composeTxt(value as string);
  if (typeof value === 'string')
    return type === 'A' || type === 'AAAA' || type === 'DS' ? value : `${value}.`;
  if ('exchange' in value) return `${value.preference} ${value.exchange}.`;
  if ('usage' in value) return `${value.usage} ${value.selector} ${value.matching} ${value.data}`;
  return `${value.flags} ${value.tag} ${composeTxt(value.value)}`;
}

export const recordsOf = ({ name, type, ttl, values }: RecordSet): DnsRecord[] =>
  values.map((value) => ({ name, type, ttl, value }));

export const linesOf = (set: RecordSet): string[] => recordsOf(set).map(lineOf);

export const ptrLine = ({ address, name }: PtrRequest): string =>
  lineOf({ name: reverseName(address), type: 'PTR', ttl: 3600, value: name });

/** Formats records as master-file lines (RFC 1035 §5.1) for comparison and display. Pure. */
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-message';
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import { composeData } from '@mailpair/shared/dns-records/rdata';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { PtrRequest } from '../dns-plan.ts';

export function lineOf(record: DnsRecord): string {
  return `${record.name}. ${record.ttl} IN ${record.type} ${composeData(record)}`;
}

export const recordsOf = ({ name, type, ttl, values }: RecordSet): DnsRecord[] =>
  values.map((value) => ({ name, type, ttl, value }));

export const linesOf = (set: RecordSet): string[] => recordsOf(set).map(lineOf);

export const ptrLine = ({ address, name }: PtrRequest): string =>
  lineOf({ name: reverseName(address), type: 'PTR', ttl: 3600, value: name });

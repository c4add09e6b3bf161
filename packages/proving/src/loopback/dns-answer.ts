/**
 * Composes the response of an authoritative server to one UDP query (RFC 1035 §4): A, MX and PTR records from
 * a zone; NODATA for other types of an existing name, NXDOMAIN for names that do not exist. Pure.
 */
import { composeAnswer, MalformedMessage, parseMessage } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsMessage, DnsRecord } from '@mailpair/shared/platform/dns/dns-message';
import type { Zone, ZoneRecords } from './zone.ts';

const TTL_SECONDS = 60;

/** Undefined if the message is not a query. */
export function answerQuery(octets: Buffer, zone: Zone): Buffer | undefined {
  const query = readQuery(octets);
  if (query?.question === undefined) return undefined;
  const { name, type } = query.question;
  const records = zone.get(name);
  const exists = records !== undefined || [...zone.keys()].some((each) => each.endsWith(`.${name}`));
  return composeAnswer(query, exists ? 'NOERROR' : 'NXDOMAIN', recordsOf(name, type, records));
}

function readQuery(octets: Buffer): DnsMessage | undefined {
  try {
    const message = parseMessage(octets);
    return message.isResponse ? undefined : message;
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

function recordsOf(name: string, type: string, records: ZoneRecords = {}): DnsRecord<'A' | 'MX' | 'PTR'>[] {
  if (type !== 'A' && type !== 'MX' && type !== 'PTR') return [];
  return (records[type] ?? []).map((value) => ({ name, type, ttl: TTL_SECONDS, value }));
}

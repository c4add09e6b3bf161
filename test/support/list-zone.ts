/** Lists of RFC 5782 for the DNS of a test, with the entries by which they are tested. */
import { isIP, isIPv4 } from 'node:net';
import type { DnsRecords, DnsZone } from './dns-server.ts';

/** What stands in front of the zone for an address. */
export function inList(address: string, zone: string): string {
  const parts = isIPv4(address) ? address.split('.') : nibblesOf(address);
  return `${[...parts].reverse().join('.')}.${zone}`;
}

/** A list of addresses: an address and its codes, or all records of it. */
export const addressList = (
  zone: string,
  entries: Readonly<Record<string, readonly string[] | DnsRecords>> = {},
): DnsZone => listOf(zone, { '127.0.0.2': ['127.0.0.2'], '::ffff:7f00:2': ['127.0.0.2'], ...entries });

/** A list of domains. */
export const domainList = (
  zone: string,
  entries: Readonly<Record<string, readonly string[] | DnsRecords>> = {},
): DnsZone => listOf(zone, { test: ['127.0.0.2'], ...entries });

const listOf = (zone: string, entries: Readonly<Record<string, readonly string[] | DnsRecords>>): DnsZone =>
  Object.fromEntries(
    Object.entries(entries).map(([entry, what]) => [
      isIP(entry) ? inList(entry, zone) : `${entry}.${zone}`,
      Array.isArray(what) ? { A: what as readonly string[] } : (what as DnsRecords),
    ]),
  );

/** By the URL parser, which shares no code with the product. */
function nibblesOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const of = (half: string | undefined): string[] => (half ? half.split(':') : []);
  const zeros = Array<string>(8 - of(head).length - of(tail).length).fill('0');
  return [...[...of(head), ...zeros, ...of(tail)].map((group) => group.padStart(4, '0')).join('')];
}

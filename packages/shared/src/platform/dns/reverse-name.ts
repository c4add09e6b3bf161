/** Addresses as names in DNS: their parts in reverse order (RFC 1035 §3.5, RFC 3596 §2.5, RFC 5782 §2.1 and §2.4). */
import { isIPv4, isIPv6 } from 'node:net';

const HEXTETS = 8;

/**
 * The name under which an address has its PTR records.
 * @throws TypeError when `address` is no IPv4 or IPv6 literal
 */
export const reverseName = (address: string): string =>
  `${reversedLabels(address)}.${isIPv4(address) ? 'in-addr' : 'ip6'}.arpa`;

/**
 * The labels of an address below the zone that knows it: its octets, of IPv6 its 32 nibbles. An IPv4-mapped address is
 * one of IPv6 here.
 * @throws TypeError when `address` is no IPv4 or IPv6 literal
 */
export function reversedLabels(address: string): string {
  if (isIPv4(address)) return address.split('.').reverse().join('.');
  const [literal = ''] = address.split('%');
  if (!isIPv6(literal)) throw new TypeError(`${JSON.stringify(address)} is not an IP address`);
  return [...nibbles(literal)].reverse().join('.');
}

function nibbles(literal: string): string {
  const [head = [], tail = []] = dottedQuadAsHextets(literal)
    .split('::')
    .map((half) => half.split(':').filter((hextet) => hextet !== ''));
  const zeros = Array<string>(HEXTETS - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((hextet) => hextet.toLowerCase().padStart(4, '0')).join('');
}

/** `::ffff:192.0.2.1` → `::ffff:c000:201` */
function dottedQuadAsHextets(literal: string): string {
  const lastColon = literal.lastIndexOf(':');
  const quad = literal.slice(lastColon + 1);
  if (!isIPv4(quad)) return literal;
  const [a = 0, b = 0, c = 0, d = 0] = quad.split('.').map(Number);
  return `${literal.slice(0, lastColon)}:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

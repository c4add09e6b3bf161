/**
 * What of an address is one client, and what is its neighbourhood. The lower 64 bits of an IPv6 address are the client's to
 * choose, and whoever has a network often has all /64 of a /48. Addresses are in the one form of `normaliseAddress`.
 */
import { isIPv4 } from 'node:net';
import { parseNetwork } from './addresses.ts';

const prefixed = (address: string, prefix: number): string => {
  const network = parseNetwork(`${address}/${prefix}`);
  return network ? `${network.base}/${network.prefix}` : address;
};

const isIpv6 = (address: string): boolean => address.includes(':');

/** `192.0.2.7`, `2001:db8::/64` */
export const clientOf = (address: string): string => (isIpv6(address) ? prefixed(address, 64) : address);

/** `192.0.2.0/24`, `2001:db8::/48`: who together may do only so much. */
export const neighbourhoodOf = (address: string): string =>
  isIpv6(address) ? prefixed(address, 48) : ipv4Network(address);

/** `192.0.2.0/24`, `2001:db8::/64`: from where a sender with several hosts may come back. */
export const networkOf = (address: string): string =>
  isIpv6(address) ? prefixed(address, 64) : ipv4Network(address);

/** As `prefixed(address, 24)`, without reading the address: it is asked for several times for each message. */
const ipv4Network = (address: string): string =>
  isIPv4(address) ? `${address.slice(0, address.lastIndexOf('.'))}.0/24` : address;

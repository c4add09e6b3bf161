/**
 * Addresses and networks, the home of ipaddr.js.
 *
 * IPv6 hosts stand in brackets wherever a port may follow, and without brackets inside the program. An IPv4-mapped
 * IPv6 address is the IPv4 address. IPv4 is four decimal parts and nothing else (no octal, no `10.1`).
 */
import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `host:port` or `[ipv6]:port`, and without a port when there is a default. Undefined when it is neither;
 * the host is not checked further. Port 0 is taken: a listener may ask for any free port.
 */
export function parseHostPort(text: string, defaultPort?: number): HostPort | undefined {
  const match = /^(?:\[([^[\]]+)\]|([^:[\]\s/@]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const bracketed = match?.[1];
  const host = bracketed ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (host === undefined || port === undefined || port > 65535) return undefined;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  return { host, port };
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The host of a URL, an IPv6 address without brackets. */
export const hostOfUrl = (url: string): string => new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');

/** Whether this is an IPv4 or IPv6 literal, without brackets. */
export const isAddress = (text: string): boolean => isIP(text) !== 0;

/** Four octets or sixteen. */
export const addressOctets = (address: string): Buffer => Buffer.from(ipaddr.parse(address).toByteArray());

/** The one form addresses are compared in: IPv4-mapped reduced to IPv4, IPv6 as RFC 5952 says. Other text is unchanged. */
export function normaliseAddress(text: string): string {
  if (isIPv4(text) || !isAddress(text)) return text;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

export interface Network {
  readonly family: 4 | 6;
  /** The first address of the network. */
  readonly base: string;
  readonly prefix: number;
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; undefined when it is none of these. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', bits, ...rest] = text.trim().split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return undefined;
  const width = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  if (prefix > width) return undefined;
  if (family === 4) return network(4, address, prefix);
  const mapped = prefix >= 96 && ipaddr.IPv6.parse(address).isIPv4MappedAddress();
  return mapped ? network(4, normaliseAddress(address), prefix - 96) : network(6, address, prefix);
}

function network(family: 4 | 6, address: string, prefix: number): Network {
  const cidr = `${address}/${prefix}`;
  const base =
    family === 4
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()
      : ipaddr.IPv6.networkAddressFromCIDR(cidr).toRFC5952String();
  return { family, base, prefix };
}

export const formatNetwork = ({ base, prefix }: Network): string => `${base}/${prefix}`;

/** Whether every address of `inner` is one of `outer`. */
export function isWithin(inner: Network, outer: Network): boolean {
  return inner.family === outer.family && inner.prefix >= outer.prefix && createMatcher(outer)(inner.base);
}

function createMatcher(network: Network): (address: string) => boolean {
  const base = ipaddr.parse(network.base);
  return (text) => {
    const address = ipaddr.parse(text);
    return address.kind() === base.kind() && address.match(base, network.prefix);
  };
}

export interface Networks {
  has(address: string): boolean;
}

/** Answers kept per set of networks: enough for the clients of a busy hour, bounded against a flood of addresses. */
const answersKept = 10_000;

/**
 * A set of networks in CIDR form. What is no address belongs to none of them.
 * @throws when a network cannot be read; the configuration has been checked before
 */
export function createNetworks(cidrs: readonly string[]): Networks {
  const matchers = cidrs.map((cidr) => {
    const network = parseNetwork(cidr);
    if (!network) throw new Error(`${cidr} is no network; write it like 10.0.0.0/24 or 2001:db8::/64`);
    return createMatcher(network);
  });
  const answers = new Map<string, boolean>();
  return {
    has(text) {
      const known = answers.get(text);
      if (known !== undefined) return known;
      const address = normaliseAddress(text);
      const answer = isAddress(address) && matchers.some((matches) => matches(address));
      if (answers.size >= answersKept) answers.clear();
      answers.set(text, answer);
      return answer;
    },
  };
}

/** Not routed in the internet: RFC 1918, loopback, link-local, RFC 6598 (CGNAT), RFC 4193 (ULA). */
export const localNetworks: readonly string[] = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '169.254.0.0/16', '100.64.0.0/10'],
  ...['::1/128', 'fe80::/10', 'fc00::/7'],
];

/** Whether a listener on this address takes connections to every address of the host. */
export const isUnspecified = (address: string): boolean => address === '0.0.0.0' || address === '::';

export const loopbackNetworks: readonly string[] = ['127.0.0.0/8', '::1/128'];

const loopback = createNetworks(loopbackNetworks);

/** Whether an address is reached from its own host only. A name is none, `localhost` included. */
export const isLoopback = (address: string): boolean => loopback.has(address);

const local = createNetworks(localNetworks);

/** Whether an address means something to this site only, so that nobody outside can know of it. */
export const isLocalAddress = (address: string): boolean => local.has(address);

/** Nobody beyond this host or its link is there: this network, loopback, link-local, multicast, discard, reserved (RFC 6890). */
const nowhere = createNetworks([
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', '::1/128', 'fe80::/10', 'ff00::/8', '100::/64'],
]);

/** Networks of sites: RFC 1918, 6598, 2544, 4193, site-local, NAT64 of a site (RFC 8215), protocol assignments (RFC 6890). */
const ofSites = createNetworks([
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', '192.0.0.0/24'],
  ...['fc00::/7', 'fec0::/10', '64:ff9b:1::/48'],
]);

/** Who can have this address: a host of the internet, one of a site, or nobody but this host and its link. */
export type Reach = 'internet' | 'site' | 'nowhere';

/** An IPv6 address that leads to an IPv4 address reaches as far as that one. */
export function reachOf(address: string): Reach {
  for (const each of [address, ipv4Behind(address)]) {
    if (each === undefined) continue;
    if (nowhere.has(each)) return 'nowhere';
    if (ofSites.has(each)) return 'site';
  }
  return 'internet';
}

/**
 * The IPv4 address that an IPv6 address leads to by a translator or a tunnel: IPv4-compatible (RFC 4291 §2.5.5.1), translated
 * (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056). An IPv4-mapped one is an IPv4 address already (`normaliseAddress`).
 */
export function ipv4Behind(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const octets = addressOctets(address);
  const prefix = octets.toString('hex', 0, 12);
  const at = EMBEDDED_LAST.has(prefix) ? 12 : prefix.startsWith('2002') ? 2 : undefined;
  return at === undefined ? undefined : octets.subarray(at, at + 4).join('.');
}

/** The first twelve octets of addresses that end in an IPv4 address. */
const EMBEDDED_LAST: ReadonlySet<string> = new Set([
  '00'.repeat(12),
  `${'00'.repeat(8)}ffff0000`,
  `0064ff9b${'00'.repeat(8)}`,
]);

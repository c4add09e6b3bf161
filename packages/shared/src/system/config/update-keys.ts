/** The keys of `balancer dns-rr`, which keeps the addresses of a role's name in an authoritative name server. */
import { isAddress, normaliseAddress, parseHostPort } from '../addresses.ts';
import type { HostPort } from '../addresses.ts';
import { count, duration, file } from './format.ts';
import type { Format } from './format.ts';
import { key, optional } from './key.ts';
import { dnsServer, domainName } from './names.ts';

const nameServer: Format<HostPort> = {
  name: 'name server',
  expects: dnsServer.expects,
  read(raw, at, findings) {
    const text = dnsServer.read(raw, at, findings);
    if (text === undefined) return undefined;
    const bare = isAddress(text) ? { host: text, port: 53 } : parseHostPort(text, 53)!;
    return { ...bare, host: normaliseAddress(bare.host) };
  },
};

export const updateKeys = {
  'dns.update.server': optional(
    nameServer,
    'The primary name server of the zone of inbound.host or outbound.host, for "mailpair balancer dns-rr". It takes ' +
      'updates (RFC 2136) over TCP.',
    '10.0.0.53',
  ),
  'dns.update.zone': optional(
    domainName,
    'The zone that the name lies in; without it the name server is asked.',
    'example.com',
  ),
  'dns.update.keyFile': optional(
    file('tsig'),
    'File of the TSIG key that may change the addresses, as tsig-keygen (BIND) or keymgr -t (Knot) writes it.',
    '/etc/mailpair/dns.key',
  ),
  'dns.update.ttl': key(
    duration('1s', '1d'),
    '60s',
    'TTL of the addresses, and the least time between two updates.',
    '60s',
  ),
  'dns.update.interval': key(
    duration('1s', '1d'),
    '5m',
    'How long a choice of addresses stands before the next one; a node with less headroom is left out of more of them.',
    '5m',
  ),
  'dns.update.check': key(
    duration('100ms', '1h'),
    '10s',
    'How often the nodes are looked at: three looks in a row without a greeting withdraw an address, three with one ' +
      'bring it back.',
    '10s',
  ),
  'dns.update.floor': key(
    count(1, 100),
    1,
    'Least number of nodes whose addresses stand in DNS, dead or alive. When all look dead, all stand there.',
    '2',
  ),
} as const;

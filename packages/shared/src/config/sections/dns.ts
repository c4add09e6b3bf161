/** The keys of `balancer dns-rr`, which keeps the addresses of a role's name in an authoritative name server. */
import { isAddress, normaliseAddress, parseHostPort } from '../../platform/network/addresses.ts';
import type { HostPort } from '../../platform/network/addresses.ts';
import { count, duration, file } from '../schema/format.ts';
import type { Format } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import { address, dnsServer, domainName } from '../schema/names.ts';

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

const listener = 'a host and a port: 10.0.0.11:2525, "[fd00::11]:2525"';

/** Where listeners are really reached, by the address that is published for them. */
const look: Format<ReadonlyMap<string, HostPort>> = {
  name: 'look',
  expects: 'a mapping of published addresses to where they lead: { "192.0.2.11": "10.0.0.11:2525" }',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${look.expects}`);
    const read = new Map<string, HostPort>();
    for (const [key, value] of raw as Map<unknown, unknown>) {
      const path = `${at}["${String(key)}"]`;
      const published = address.read(key, path, findings);
      const reached = typeof value === 'string' ? parseHostPort(value) : undefined;
      if (!reached) findings.fault(path, value, 'is not the address of a listener', `write ${listener}`);
      else if (published !== undefined)
        read.set(published, { ...reached, host: normaliseAddress(reached.host) });
    }
    return read;
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
      'bring it back. An updater renews its view at most once a minute, and it counts for three minutes.',
    '10s',
  ),
  'dns.update.look': key(
    look,
    new Map(),
    'Where nodes are looked at, by published address, if "mailpair balancer dns-rr" runs behind the router that forwards ' +
      'the port and cannot reach the published address from there. Without an entry the published address is looked at: ' +
      'on port 25 for mail from the internet, unless a listener names that very address with another port.',
    '{ "192.0.2.11": "10.0.0.11:2525" }',
  ),
  'dns.update.floor': key(
    count(1, 100),
    1,
    'Least number of nodes whose addresses stand in DNS, dead or alive. When all look dead, all stand there.',
    '2',
  ),
} as const;

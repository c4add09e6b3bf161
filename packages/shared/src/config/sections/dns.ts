/** The keys of `balancer dns-rr`, which keeps the addresses of a role's name in an authoritative name server. */
import {
  formatHostPort,
  isAddress,
  normaliseAddress,
  parseHostPort,
} from '../../platform/network/addresses.ts';
import type { HostPort } from '../../platform/network/addresses.ts';
import { count, duration, file, listOf, timer } from '../schema/format.ts';
import type { Format } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import { address, dnsServer, domainName } from '../schema/names.ts';
import type { Findings } from '../schema/findings.ts';
import type { SettingsOf } from '../schema/place.ts';
import { formatDuration } from '../schema/units.ts';
import type { Roles } from './both-roles.ts';

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

export const dnsKeys = {
  'dns.servers': key(
    listOf(dnsServer),
    [],
    'Resolvers to ask; none listed means those of the system.',
    '[10.0.0.53]',
    { reload: 'restart' },
  ),
  'dns.timeout': key(timer, '5s', 'How long to wait for an answer from DNS.', '5s', { reload: 'restart' }),

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

export function checkUpdate(
  { dns, inbound, outbound }: SettingsOf<typeof dnsKeys> & Roles,
  findings: Findings,
): void {
  const { server, keyFile, ttlMs, intervalMs, checkMs, floor, look } = dns.update;
  if (server !== null && keyFile === null) {
    const problem = `is missing: ${formatHostPort(server)} takes updates by a TSIG key only`;
    const fix =
      'make one: tsig-keygen mailpair > /etc/mailpair/dns.key; then write keyFile: /etc/mailpair/dns.key';
    findings.fault('dns.update.keyFile', null, problem, fix);
  }
  if (intervalMs < ttlMs) {
    const fix = `write ${formatDuration(ttlMs)} or more, or make dns.update.ttl shorter`;
    const problem = 'is shorter than dns.update.ttl, so nobody would see every choice';
    findings.fault('dns.update.interval', formatDuration(intervalMs), problem, fix);
  }
  if (checkMs > intervalMs) {
    const fix = `write ${formatDuration(intervalMs)} or less`;
    findings.fault('dns.update.check', formatDuration(checkMs), 'is longer than dns.update.interval', fix);
  }
  const published = [inbound, outbound].flatMap(({ addresses, nodes }) => [
    addresses,
    ...nodes.map((node) => node.addresses),
  ]);
  for (const address of look.keys())
    if (!published.flat().includes(address)) {
      const problem = 'is not an address of inbound or outbound, so nothing is looked at there';
      findings.warn(`dns.update.look["${address}"]`, address, problem, 'write the address that is published');
    }
  if (server === null) return;
  for (const [role, { nodes }] of Object.entries({ inbound, outbound }))
    if (nodes.length > 1 && floor >= nodes.length) {
      const problem = `is no less than the ${nodes.length} nodes of ${role}, so none of them is ever withdrawn`;
      findings.warn('dns.update.floor', String(floor), problem, `write ${nodes.length - 1} or less`);
    }
}

/** The configuration of the tested gateway, and the names in its environment. Pure. */
import { join } from 'node:path';
import { nestKeys } from '../loopback/nest-keys.ts';
import type { GatewayNode } from '../loopback/gateway-process.ts';
import type { Zone, ZoneRecords } from '../loopback/zone.ts';
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import { DUBIOUS, ELSEWHERE, HOSTED } from './mail.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

/** Keys of mailpair.yaml by path. */
export type Keys = Readonly<{ [path: string]: unknown }>;

export interface Setting {
  readonly node: GatewayNode;
  readonly config: Keys;
  readonly zone: Zone;
  readonly server: { readonly name: string; readonly address: string; readonly port: number };
  readonly resolver: { readonly address: string; readonly port: number };
  readonly sender: { readonly name: string; readonly localAddress: string };
}

export interface SettingOptions {
  readonly role: RoleName;
  readonly network: string;
  readonly ports: readonly number[];
  readonly spools: string;
  readonly keys: Keys;
}

/** The number of ports that one setting needs. */
export const PORTS = 9;

export function composeSetting({ role, network, ports, spools, keys }: SettingOptions): Setting {
  const [serverPort = 0, resolverPort = 0, ...others] = ports;
  const nodes = roleNames.map((name, index): GatewayNode => {
    const [mxPort = 0, submissionPort = 0, httpPort = 0] = others.slice(3 * index);
    const address = `${network}.${10 + index}`;
    const host = `${name}.${HOSTED}`;
    return { role: name, host, address, mxPort, submissionPort, httpPort, spool: join(spools, name) };
  });
  const server = { name: `server.${ELSEWHERE}`, address: `${network}.50`, port: serverPort };
  const resolver = { address: `${network}.2`, port: resolverPort };
  const sender = { name: `sender.${ELSEWHERE}`, localAddress: `${network}.100` };
  return {
    node: nodes.find((node) => node.role === role)!,
    server,
    resolver,
    sender,
    config: nestKeys({
      domains: [HOSTED],
      ...nodes.map(keysOf).reduce((all, keys) => ({ ...all, ...keys }), {}),
      ...(role === 'outbound' && { 'outbound.trusted': [sender.localAddress] }),
      localServers: [`${server.address}:${server.port}`],
      // By name, so that the resolver is used.
      routes: { '*': `smtp://${server.name}:${server.port}?tls=none` },
      'dns.servers': [`${resolver.address}:${resolver.port}`],
      'dns.timeout': '1s',
      'queue.retryFirst': '100ms',
      'queue.retryMax': '1s',
      'queue.minFree': '8MB',
      'submitters.limited': 'none',
      ...keys,
    }),
    zone: zoneOf(
      new Map([
        [server.name, server.address],
        [sender.name, sender.localAddress],
      ]),
    ),
  };
}

const keysOf = ({ role, host, address, mxPort, submissionPort, httpPort, spool }: GatewayNode): Keys => ({
  [`${role}.host`]: host,
  [`${role}.spool`]: spool,
  [`${role}.http`]: `${address}:${httpPort}`,
  [`${role}.workers`]: 1,
  'dkim.keys': `${spool}-dkim`, // no keys, whatever this host has
  ...(role === 'inbound'
    ? { 'inbound.listen': [`${address}:${mxPort}`] }
    : {
        'outbound.listen.mx': [`${address}:${mxPort}`],
        'outbound.listen.submission': [`${address}:${submissionPort}`],
      }),
});

function zoneOf(addresses: ReadonlyMap<string, string>): Zone {
  const zone = new Map<string, ZoneRecords>();
  for (const [name, address] of addresses) {
    zone.set(name, { A: [address] });
    zone.set(reverseName(address), { PTR: [name] });
  }
  for (const domain of [HOSTED, ELSEWHERE, DUBIOUS])
    zone.set(domain, { MX: [{ preference: 10, exchange: `server.${ELSEWHERE}` }] });
  return zone;
}

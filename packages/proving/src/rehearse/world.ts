/**
 * The environment of a rehearsal on loopback and in a temporary directory: the processes of the pair, their
 * resolver, servers in place of the local servers and the internet, and the DNS and senders of the internet.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '@mailpair/shared/config/read/load-settings';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import type { Settings } from '@mailpair/shared/config/settings';
import { strangerKinds, type SenderKind } from '../loopback/behaviour.ts';
import { createDnsServer, type LoopbackDns } from '../loopback/dns-server.ts';
import { GatewayProcess, type GatewayNode } from '../loopback/gateway-process.ts';
import type { GivenKey } from './kept-keys.ts';
import type { Stop, Taken } from '../loopback/ledger.ts';
import { freePorts, loopbackNetwork } from '../loopback/network.ts';
import { createMailServer, type MailServer } from '../loopback/mail-server.ts';
import { keysOf, movePair, senderAddress, submitterAddress, type RehearsedPair } from './planned-pair.ts';
import type { Programs } from '../loopback/programs.ts';
import type { Scenario } from './scenario.ts';
import { openSender, type Host, type Sender } from '../loopback/sender.ts';
import { mountSmallDisk, type SmallDisk } from '../loopback/small-disk.ts';
import { SUFFIX, type StandIn } from './stand-ins.ts';
import { strays } from './strays.ts';
import { exists } from './traffic.ts';

export interface WorldOptions {
  readonly settings: Settings;
  readonly given: readonly GivenKey[];
  readonly programs: Programs;
  readonly scenario: Scenario;
  /** Whether the directory with the logs of the gateways is kept. */
  readonly keep: boolean;
  /** Further keys of every gateway, as `key=value`. */
  readonly sets?: readonly string[];
  /** Called with the directory before the gateways start. */
  prepare?(directory: string): void;
  /**
   * Simulates a loss, to prove that it is detected: the stand-ins acknowledge these messages and discard
   * them.
   */
  readonly forgets?: (id: string) => boolean;
}

export interface World {
  readonly directory: string;
  /** The first three octets of the loopback addresses. */
  readonly network: string;
  readonly pair: RehearsedPair;
  readonly gateways: readonly GatewayProcess[];
  readonly localServers: readonly MailServer[];
  readonly resolver: LoopbackDns;
  /** Undefined if no disk can be mounted. */
  readonly disk: SmallDisk | undefined;
  readonly senders: readonly { readonly kind: SenderKind; readonly sender: Sender }[];
  readonly taken: readonly Taken[];
  /** Every function that stops a process must add to it. */
  readonly stops: Stop[];
  close(): Promise<void>;
}

const PORTS = 200;
const DISK = { leastBytes: 96 * 1024 ** 2, perMessageBytes: 40 * 1024, mostBytes: 512 * 1024 ** 2 };
const LOCAL_SENDERS = 2;
const SENDERS_OF_A_KIND = 2;

export async function openWorld(options: WorldOptions): Promise<World> {
  const { scenario, keep } = options;
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-rehearsal-'));
    if (!keep) closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const spools = join(directory, 'spools');
    mkdirSync(spools);
    const { leastBytes, perMessageBytes, mostBytes } = DISK;
    const sizeBytes = Math.min(mostBytes, leastBytes + scenario.messages * perMessageBytes);
    const needsDisk = scenario.slots.some(({ name }) => name === 'disk');
    const disk = needsDisk ? await mountSmallDisk(spools, sizeBytes) : undefined;
    if (disk) closers.push(() => disk.unmount());

    const network = await loopbackNetwork();
    const pair = await writePair(options, { directory, spools, network });
    const taken: Taken[] = [];
    const servers = await openServers(pair, taken, options.forgets ?? (() => false), closers);
    const internetDns = { address: `${network}.3`, port: pair.resolver.port };
    const resolver = createDnsServer(pair.resolver, pair.zone);
    for (const server of [resolver, createDnsServer(internetDns, pair.zone)]) {
      closers.push(() => server.stop());
      await server.start();
    }
    const gateways = createGateways(pair, directory, options);
    closers.push(() => Promise.all(gateways.map((gateway) => gateway.kill())));
    options.prepare?.(directory);
    await Promise.all(gateways.map((gateway) => gateway.start()));
    const senders = openSenders(
      pair,
      `${internetDns.address}:${internetDns.port}`,
      scenario,
      network,
      closers,
    );
    const localServers = servers.filter(({ name }) => pair.localServers.some((its) => its.name === name));
    return {
      directory,
      network,
      pair,
      gateways,
      localServers,
      resolver,
      disk,
      senders,
      taken,
      stops: [],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const createGateways = (
  pair: RehearsedPair,
  directory: string,
  { programs, sets = [] }: WorldOptions,
): GatewayProcess[] =>
  pair.nodes.map(
    (node) =>
      new GatewayProcess(node, {
        program: programs[node.role],
        keys: [...keysOf(node, pair), ...sets],
        configFile: join(directory, 'mailpair.yaml'),
        directory,
      }),
  );

/** @throws if the rehearsed configuration contains an external reference */
async function writePair(
  { settings, given, scenario, keep }: WorldOptions,
  place: { directory: string; spools: string; network: string },
): Promise<RehearsedPair> {
  const ports = await freePorts(place.network, PORTS);
  const pair = movePair(settings, given, {
    ...place,
    port: () => ports.pop() ?? Number(refuse('the pair has too many servers to rehearse it')),
    secret: randomBytes(32).toString('base64'),
    compression: scenario.compression,
    logLevel: keep ? 'info' : 'warn',
  });
  for (const [path, content] of pair.files) writeFileSync(path, content, { mode: 0o600 });
  const file = join(place.directory, 'mailpair.yaml');
  writeFileSync(file, `${JSON.stringify(pair.config, null, 2)}\n`);
  // Reads the file with all defaults, so that keys added in the future are checked too.
  const { effective, faults, settings: moved } = readConfig({ file, env: {}, sets: [] });
  if (!moved) throw new ConfigError(file, faults);
  const outside = effective.flatMap(({ path, raw }) =>
    strays(raw, place.directory).map((stray) => `${path}: ${stray}`),
  );
  if (outside.length > 0) refuse(`the rehearsed configuration leads outside (${outside.join(', ')})`);
  return pair;
}

function refuse(reason: string): never {
  throw new Error(`${reason}; nothing was started`);
}

async function openServers(
  { localServers, nextHops }: RehearsedPair,
  taken: Taken[],
  forgets: (id: string) => boolean,
  closers: (() => unknown)[],
): Promise<MailServer[]> {
  const { cert, key } = await selfSigned([SUFFIX]);
  const context = createSecureContext({ cert, key });
  const serverOf = (standIn: StandIn): MailServer =>
    createMailServer(standIn, {
      knows: exists,
      ...(standIn.tls !== 'none' && { tls: { context, implicit: standIn.tls === 'implicit' } }),
      took({ client, ...message }) {
        if (!forgets(message.id))
          taken.push({ ...message, at: Date.now(), gateway: client, server: standIn.name });
      },
    });
  const servers = [...localServers, ...nextHops].map(serverOf);
  for (const server of servers) {
    closers.push(() => server.stop());
    await server.start();
  }
  return servers;
}

function openSenders(
  pair: RehearsedPair,
  dns: string,
  { compression }: Scenario,
  network: string,
  closers: (() => unknown)[],
): { kind: SenderKind; sender: Sender }[] {
  const ground = { network, port: () => 0 };
  const resolver = createResolver({ servers: [dns], timeoutMs: 5000 });
  closers.push(() => resolver.close());
  const nodeAt = new Map(pair.nodes.map((node) => [node.address, node]));
  const byMx = async (domain: string): Promise<Host[]> => {
    const records = await resolver.resolveMx(domain);
    const hosts = records.map(async ({ exchange, preference }) =>
      (await resolver.resolveAddresses(exchange, [4])).map((address) =>
        hostAt(nodeAt.get(address)!, preference),
      ),
    );
    return (await Promise.all(hosts)).flat();
  };
  const smarthosts = pair.nodes
    .filter(({ role }) => role === 'outbound' || pair.submitsToInbound)
    .map((node): Host => ({
      ...node,
      port: node.submissionPort,
      preference: node.role === 'outbound' ? 10 : 20,
    }));
  const strangers = strangerKinds.flatMap((kind, kindIndex) =>
    Array.from({ length: SENDERS_OF_A_KIND }, (_, index) => {
      const number = kindIndex * SENDERS_OF_A_KIND + index;
      const caller = { name: `sender${number + 1}.${SUFFIX}`, localAddress: senderAddress(ground, number) };
      const hosts = ({ to: [first = ''] }: { to: readonly string[] }): Promise<Host[]> =>
        byMx(domainIn(first));
      return { kind, sender: openSender({ kind, caller, hosts, compression }) };
    }),
  );
  const submitters = Array.from({ length: LOCAL_SENDERS }, (_, index) => {
    const kind = 'local server' as const;
    const caller = { name: `submitter${index + 1}.${SUFFIX}`, localAddress: submitterAddress(ground, index) };
    return { kind, sender: openSender({ kind, caller, hosts: async () => smarthosts, compression }) };
  });
  const senders = [...strangers, ...submitters];
  closers.push(() => senders.forEach(({ sender }) => sender.close()));
  return senders;
}

const hostAt = ({ role, address, mxPort }: GatewayNode, preference: number): Host => ({
  role,
  address,
  port: mxPort,
  preference,
});

const domainIn = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

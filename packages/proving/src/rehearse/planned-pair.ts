/**
 * Moves the pair of the operator to loopback: keeps domains, hosts, nodes, weights, limits and times, and
 * replaces everything external (addresses, ports, spools, files, secrets, servers, resolvers). Pure;
 * `strays.ts` verifies the result.
 */
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { GatewayNode } from '../loopback/gateway-process.ts';
import { nestKeys } from '../loopback/nest-keys.ts';
import { planDns } from '@mailpair/planner/plan';
import type { HostSettings } from '@mailpair/shared/config/sections/role';
import type { Settings } from '@mailpair/shared/config/settings';
import { keptKeys, queueKeys, type GivenKey } from './kept-keys.ts';
import {
  createStandIns,
  hostOfStandIn,
  SUFFIX,
  tlsInRehearsal,
  type Ground,
  type StandIn,
} from './stand-ins.ts';
import { composeZone, type Zone } from '../loopback/zone.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

export interface RehearsedPair {
  /** mailpair.yaml as a tree; `keysOf` has the keys that differ between nodes. */
  readonly config: { readonly [name: string]: unknown };
  /** File contents by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly nodes: readonly GatewayNode[];
  readonly localServers: readonly StandIn[];
  /** Servers in place of the rest of the internet. */
  readonly nextHops: readonly StandIn[];
  readonly zone: Zone;
  /** The resolver of the gateways. */
  readonly resolver: { readonly address: string; readonly port: number };
  readonly domains: readonly string[];
  /**
   * Domains that users of the site write to: `usual` at all times, and `fresh` ones that have not been looked
   * up before.
   */
  readonly correspondents: { readonly usual: readonly string[]; readonly fresh: readonly string[] };
  /** Whether submitters may also use inbound. */
  readonly submitsToInbound: boolean;
  /** Differences from the plan and their reasons; sentences. */
  readonly notes: readonly string[];
}

export interface RehearsalGround extends Ground {
  readonly directory: string;
  readonly spools: string;
  readonly secret: string;
  readonly compression: number;
  readonly logLevel: 'info' | 'warn';
}

const PEOPLE = 20;
export const personOf = (number: number, domain: string): string => `person${number % PEOPLE}@${domain}`;
/** The last octets of the addresses, by purpose. */
const HOSTS = {
  resolver: 2,
  inbound: 10,
  outbound: 30,
  localServer: 50,
  nextHop: 90,
  submitter: 130,
  sender: 150,
};
export const submitterAddress = ({ network }: Ground, index: number): string =>
  `${network}.${HOSTS.submitter + index}`;
export const senderAddress = ({ network }: Ground, index: number): string =>
  `${network}.${HOSTS.sender + index}`;
const SENDER_HOSTS = 8;
const MOST_NODES = 20;

export function movePair(
  settings: Settings,
  given: readonly GivenKey[],
  ground: RehearsalGround,
): RehearsedPair {
  const nodes = roleNames.flatMap((role) => nodesOf(role, settings[role], ground));
  const local = createStandIns('local', HOSTS.localServer, ground);
  const hops = createStandIns('hop', HOSTS.nextHop, ground);
  const resolver = { address: `${ground.network}.${HOSTS.resolver}`, port: ground.port() };
  const domains = settings.domains.map(({ name }) => name);
  const correspondents = { usual: correspondentsOf(settings), fresh: namesOf('fresh', 6) };
  const secretFile = join(ground.directory, 'pair.secret');
  const passwordFile = join(ground.directory, 'next-hop.password');
  const recipientsFile = join(ground.directory, 'recipients');
  const submitsToInbound = settings.inbound.listen.submission.length > 0;
  const [first] = nodes;
  if (!first) throw new Error('the configuration names no node');

  const config = nestKeys({
    ...keptKeys(given),
    ...queueKeys(settings, ground.compression),
    domains: domainsOf(settings, local, recipientsFile),
    routes: routesOf(settings, correspondents, hops, passwordFile),
    ...roleKeys('inbound', settings.inbound, nodes),
    ...(submitsToInbound && { 'inbound.submission': [submissionAt(first)] }),
    ...roleKeys('outbound', settings.outbound, nodes),
    'outbound.trusted': [`${ground.network}.0/24`],
    // Simulated hours take seconds, so hourly limits do not apply.
    'submitters.limited': 'none',
    'dns.servers': [`${resolver.address}:${resolver.port}`],
    'pair.secretFile': secretFile,
    // The private keys of the operator are not used.
    'dkim.keys': join(ground.directory, 'dkim'),
    'log.level': ground.logLevel,
  });
  return {
    config,
    files: new Map([
      [secretFile, `${ground.secret}\n`],
      [passwordFile, `${ground.secret}\n`],
      [recipientsFile, recipientsText(domains)],
    ]),
    nodes,
    localServers: local.all(),
    nextHops: hops.all(),
    zone: composeZone(
      planDns(settings),
      addressesOf(settings, nodes, [...local.all(), ...hops.all()], ground),
    ),
    resolver,
    domains,
    correspondents,
    submitsToInbound,
    notes: notesOn(settings),
  };
}

function domainsOf(
  { domains }: Settings,
  local: ReturnType<typeof createStandIns>,
  recipientsFile: string,
): unknown {
  return domains.map(({ name, localServers, verify }) => ({
    name,
    localServers: localServers.map((server) => ({
      address: addressOf(server, local.of(server)),
      weight: server.weight,
      tls: tlsInRehearsal(server.tls),
      implicitTls: server.implicitTls,
    })),
    recipients: { verify: verify.by === 'file' ? `file: ${recipientsFile}` : verify.by },
  }));
}

/** The keys of one node in addition to the file. */
export function keysOf(
  node: GatewayNode,
  { submitsToInbound }: Pick<RehearsedPair, 'submitsToInbound'>,
): string[] {
  const { role, host, address, mxPort, httpPort, spool } = node;
  const [mx, submission] = role === 'inbound' ? ['listen', 'submission'] : ['listen.mx', 'listen.submission'];
  return [
    `node=${host}`,
    `${role}.spool=${spool}`,
    `${role}.http=${address}:${httpPort}`,
    `${role}.${mx}=["${address}:${mxPort}"]`,
    ...(role === 'outbound' || submitsToInbound ? [`${role}.${submission}=["${submissionAt(node)}"]`] : []),
  ];
}

const submissionAt = ({ address, submissionPort }: GatewayNode): string => `${address}:${submissionPort}`;

function nodesOf(role: RoleName, { nodes }: HostSettings, ground: RehearsalGround): GatewayNode[] {
  if (nodes.length > MOST_NODES) throw new Error(`${nodes.length} nodes of ${role} are too many to rehearse`);
  return nodes.map(({ host }, index) => ({
    role,
    host,
    address: `${ground.network}.${HOSTS[role] + index}`,
    mxPort: ground.port(),
    submissionPort: ground.port(),
    httpPort: ground.port(),
    spool: join(ground.spools, `${role}-${index + 1}`),
  }));
}

function roleKeys(role: RoleName, { host, nodes }: HostSettings, all: readonly GatewayNode[]) {
  const mine = all.filter((node) => node.role === role);
  const [first] = mine;
  const several = nodes.length > 1 || nodes[0]?.host !== host;
  const listeners =
    role === 'inbound'
      ? { 'inbound.listen': mine.map(({ address, mxPort }) => `${address}:${mxPort}`) }
      : {
          'outbound.listen.mx': mine.map(({ address, mxPort }) => `${address}:${mxPort}`),
          'outbound.listen.submission': mine.map(
            ({ address, submissionPort }) => `${address}:${submissionPort}`,
          ),
        };
  const url = ({ address, httpPort }: GatewayNode): string => `http://${address}:${httpPort}`;
  return {
    ...listeners,
    [`${role}.host`]: host,
    [`${role}.addresses`]: mine.map(({ address }) => address),
    [`${role}.spool`]: first?.spool,
    [`${role}.http`]: first && `${first.address}:${first.httpPort}`,
    [`${role}.workers`]: 1,
    ...(several
      ? {
          [`${role}.nodes`]: mine.map((node) => ({
            host: node.host,
            addresses: [node.address],
            url: url(node),
          })),
        }
      : { [`${role}.url`]: first && url(first) }),
  };
}

const addressOf = (named: Parameters<typeof hostOfStandIn>[0], standIn: StandIn): string =>
  `${hostOfStandIn(named, standIn)}:${standIn.port}`;

/**
 * The routes of the operator with next hops on loopback. Without a route for `*`, each correspondent gets a
 * route in place of its MX, because MX hosts would have to listen on port 25. Each next hop has a name of its
 * own that must be looked up.
 */
function routesOf(
  { routes }: Settings,
  { usual, fresh }: RehearsedPair['correspondents'],
  hops: ReturnType<typeof createStandIns>,
  passwordFile: string,
): Record<string, unknown> {
  const kept = [...routes].map(([domain, route]) => {
    const address = addressOf(route, hops.of(route));
    const user = route.auth ? 'rehearsal@' : '';
    const url = `${route.implicitTls ? 'smtps' : 'smtp'}://${user}${address}?tls=${tlsInRehearsal(route.tls)}`;
    return [domain, route.auth ? { url, passwordFile } : url] as const;
  });
  const internet = hops.of({ host: 'the internet', port: 25, tls: 'none', implicitTls: false });
  const hasOthers = routes.has('*');
  const instead = [...usual, ...fresh]
    .filter((domain) => !hasOthers && domain.endsWith(SUFFIX))
    .map((domain) => [domain, `smtp://mx.${domain}:${internet.port}?tls=none`] as const);
  return Object.fromEntries([...kept, ...instead]);
}

/** Some external domains, and one correspondent for every route. */
function correspondentsOf({ routes }: Settings): string[] {
  const routed = [...routes.keys()]
    .filter((domain) => domain !== '*')
    .map((domain) => (domain.startsWith('.') ? `host${domain}` : domain));
  return [...namesOf('usual', 3), ...routed];
}

const namesOf = (label: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${label}${index + 1}.${SUFFIX}`);

function addressesOf(
  { inbound, outbound }: Settings,
  nodes: readonly GatewayNode[],
  standIns: readonly StandIn[],
  ground: RehearsalGround,
): Map<string, readonly string[]> {
  const of = (role: RoleName): string[] =>
    nodes.filter((node) => node.role === role).map(({ address }) => address);
  const internet = standIns.findLast(({ name }) => name.startsWith('hop'))?.address ?? '';
  return new Map<string, readonly string[]>([
    ...nodes.map(({ host, address }) => [host, [address]] as const),
    [inbound.host, of('inbound')],
    [outbound.host, of('outbound')],
    ...standIns.map(({ name, address }) => [name, [address]] as const),
    ...[...namesOf('usual', 3), ...namesOf('fresh', 6)].map(
      (domain) => [`mx.${domain}`, [internet]] as const,
    ),
    ...Array.from(
      { length: SENDER_HOSTS },
      (_, index) => [`sender${index + 1}.${SUFFIX}`, [senderAddress(ground, index)]] as const,
    ),
  ]);
}

const recipientsText = (domains: readonly string[]): string =>
  domains
    .flatMap((domain) => Array.from({ length: PEOPLE }, (_, index) => `${personOf(index, domain)}\n`))
    .join('');

function notesOn({ routes, inbound, outbound, domains }: Settings): string[] {
  const insists = [...routes.values(), ...domains.flatMap(({ localServers }) => localServers)].some(
    ({ tls }) => tls === 'verify',
  );
  return [
    ...[inbound, outbound]
      .filter(({ addresses }) => addresses.length === 0)
      .map(({ host }) => `${host} has no addresses in the configuration; here it has one.`),
    ...([inbound, outbound].some(({ addresses }) => addresses.some((address) => isIP(address) === 6))
      ? ['IPv6 addresses are left out.']
      : []),
    ...(routes.has('*') ? [] : ['MX look-ups of outbound are left out: routes stand in place of them.']),
    ...(insists ? ['TLS is encrypted and not verified: nobody vouches for the servers here.'] : []),
  ];
}

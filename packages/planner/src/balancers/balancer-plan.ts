/**
 * What the configuration of a load balancer before the nodes of a role contains, independent of the product,
 * and which keys the configuration of the pair still lacks. Pure.
 */
import { formatHostPort, isLoopback } from '@mailpair/shared/platform/network/addresses';
import type { HostSettings } from '@mailpair/shared/config/sections/role';
import type { ListenSettings } from '@mailpair/shared/config/schema/listen-settings';
import type { NodeSettings } from '@mailpair/shared/config/sections/nodes';
import type { Settings } from '@mailpair/shared/config/settings';
import type { ListenerRole } from '@mailpair/shared/platform/values/session';

export type BalancedRole = 'inbound' | 'outbound';

/** One port that clients connect to, and the ports of the nodes that it leads to. */
export interface BalancedDoor {
  readonly role: ListenerRole;
  readonly publicPort: number;
  readonly nodePort: number;
  readonly implicitTls: boolean;
}

export interface BalancedNode {
  readonly name: string;
  /** The first address of the node, or its name if it has no address. */
  readonly host: string;
  readonly addresses: readonly string[];
  /** The number of simultaneous connections that the node accepts. */
  readonly connections: number;
  /** The share of clients in proportion to `connections`: 1 to 100, where the largest node has 100. */
  readonly weight: number;
  /** If true, the node gets no new clients and keeps its current ones. */
  readonly isDrained: boolean;
}

export interface BalancerPlan {
  readonly role: BalancedRole;
  /** The name and addresses that clients connect to. */
  readonly host: string;
  readonly addresses: readonly string[];
  readonly nodes: readonly BalancedNode[];
  readonly doors: readonly BalancedDoor[];
  /** The port at which the agent of a node reports its weight; null if the key is not set. */
  readonly agentPort: number | null;
  /**
   * The port at which /readyz of a node is requested by HTTPS; null if the HTTP listener accepts connections
   * only from its own host.
   */
  readonly httpPort: number | null;
  readonly trackFile: string | null;
  /** The longest time in ms for which neither side of a healthy session sends. */
  readonly silenceMs: number;
}

const MINUTE_MS = 60_000;
/**
 * A server may take ten minutes to reply to a whole message (RFC 5321 §4.5.3.2.6). This is the longest SMTP
 * timeout.
 */
const LONGEST_REPLY_MS = 10 * MINUTE_MS;

/**
 * `proxied`: the balancer accepts the connections of clients and states the client in a PROXY header.
 * `direct`: the packets of clients reach the nodes unchanged.
 */
export type Passage = 'proxied' | 'direct';

/** @param drained names of the nodes that get no new clients */
export function planBalancer(
  settings: Settings,
  role: BalancedRole,
  passage: Passage,
  drained: readonly string[] = [],
): BalancerPlan {
  const { host, addresses, agent, http, trackFile } = settings[role];
  const { smtp, send } = settings;
  return {
    role,
    host,
    addresses,
    nodes: nodesOf(settings, role, drained),
    doors: doorsOf(settings, role, passage),
    agentPort: agent?.port ?? null,
    httpPort: http === null || isLoopback(http.host) ? null : http.port,
    trackFile,
    silenceMs: Math.max(LONGEST_REPLY_MS, smtp.commandTimeoutMs, send.relayTimeoutMs) + MINUTE_MS,
  };
}

function nodesOf(settings: Settings, role: BalancedRole, drained: readonly string[]): BalancedNode[] {
  const { nodes, limits: ofRole } = settings[role];
  const connectionsOf = ({ limits }: NodeSettings): number =>
    limits.connections ?? ofRole.connections ?? settings.limits.connections;
  const most = Math.max(...nodes.map(connectionsOf));
  return nodes.map((node) => ({
    name: node.host,
    host: node.addresses[0] ?? node.host,
    addresses: node.addresses,
    connections: connectionsOf(node),
    weight: Math.max(1, Math.round((100 * connectionsOf(node)) / most)),
    isDrained: drained.includes(node.host),
  }));
}

const listenersOf = (settings: Settings, role: BalancedRole): [ListenerRole, readonly ListenSettings[]][] =>
  role === 'inbound'
    ? [['mx', settings.inbound.listen.mx]]
    : [
        ['mx', settings.outbound.listen.mx],
        ['submission', settings.outbound.listen.submission],
      ];

/**
 * The listeners that are meant for the passage, or all listeners if there are none. Listeners with the same
 * port at several addresses are one door.
 */
function doorsOf(settings: Settings, role: BalancedRole, passage: Passage): BalancedDoor[] {
  const doors = listenersOf(settings, role).flatMap(([listenerRole, all]) => {
    const meant = all.filter(({ proxy }) => (proxy !== undefined) === (passage === 'proxied'));
    return (meant.length > 0 ? meant : all).map(({ port, tls }) => ({
      role: listenerRole,
      publicPort: listenerRole === 'mx' ? 25 : port,
      nodePort: port,
      implicitTls: tls === 'implicit',
    }));
  });
  return [...new Map(doors.map((door) => [`${door.role} ${door.nodePort}`, door])).values()];
}

/** The addresses that belong to the role and to no node. @throws if there are none */
export function virtualAddresses({ role, addresses, nodes }: BalancerPlan): string[] {
  const virtual = addresses.filter((address) => !nodes.some((node) => node.addresses.includes(address)));
  if (virtual.length > 0) return virtual;
  throw new Error(
    `${role}.addresses names no address besides the nodes' own; add those that clients connect to`,
  );
}

/** Notes on the keys that must be set so that the nodes learn the addresses of clients from PROXY headers. */
export function proxyNotes(settings: Settings, role: BalancedRole): string[] {
  return listenersOf(settings, role)
    .filter(([, all]) => all.length > 0 && all.every(({ proxy }) => proxy === undefined))
    .map(([listenerRole, all]) => {
      const key = role === 'inbound' ? 'inbound.listen' : `outbound.listen.${listenerRole}`;
      const address = formatHostPort(all[0]!);
      return (
        `${key}: no item is for load balancers, so the nodes would not understand the PROXY header; ` +
        `write [{ address: "${address}", proxy: [ADDRESS OF THE BALANCER] }]`
      );
    });
}

export const addressNotes = (settings: Settings, role: BalancedRole): string[] =>
  settings[role].nodes
    .filter((node) => node.addresses.length === 0)
    .map(({ host }) => `${role}.nodes: ${host} has no addresses, so its name must be known to the balancer`);

/** Notes on unusual settings of the nodes. */
export function nodeNotes(settings: Settings, role: BalancedRole): string[] {
  const { nodes, addresses }: HostSettings = settings[role];
  const own = nodes.flatMap((node) => node.addresses);
  return [
    ...(nodes.length < 2 ? [`${role}.nodes: there is one node only, so there is nothing to balance`] : []),
    ...addressNotes(settings, role),
    ...(nodes.length > 1 && addresses.every((address) => own.includes(address))
      ? [
          `${role}.addresses: name the public addresses of the balancer there, for DNS; the nodes have their own`,
        ]
      : []),
  ];
}

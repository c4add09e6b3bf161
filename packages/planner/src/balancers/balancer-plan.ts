/**
 * What a load balancer before the nodes of a role must know, whatever it is made of, and what is still missing in the
 * configuration of the pair. Pure.
 */
import { formatHostPort, isLoopback } from '@mailpair/shared/platform/network/addresses';
import type { HostSettings } from '@mailpair/shared/config/sections/role';
import type { ListenSettings } from '@mailpair/shared/config/schema/listen-settings';
import type { NodeSettings } from '@mailpair/shared/config/sections/nodes';
import type { Settings } from '@mailpair/shared/config/settings';
import type { ListenerRole } from '@mailpair/shared/platform/values/session';

export type BalancedRole = 'inbound' | 'outbound';

/** One port that clients know, and where it is on the nodes. */
export interface BalancedDoor {
  readonly role: ListenerRole;
  readonly publicPort: number;
  readonly nodePort: number;
  readonly implicitTls: boolean;
}

export interface BalancedNode {
  readonly name: string;
  /** The first address, or the name when there is none. */
  readonly host: string;
  readonly addresses: readonly string[];
  /** Connections that it takes at a time. */
  readonly connections: number;
  /** Its part of the clients beside 100 of the largest node, by those connections: 1 to 100. */
  readonly weight: number;
  /** It gets no new clients, and keeps those that it has. */
  readonly isDrained: boolean;
}

export interface BalancerPlan {
  readonly role: BalancedRole;
  /** The name and addresses that clients know. */
  readonly host: string;
  readonly addresses: readonly string[];
  readonly nodes: readonly BalancedNode[];
  readonly doors: readonly BalancedDoor[];
  /** Nodes are asked for their weight here; null when the key is not set. */
  readonly agentPort: number | null;
  /** Nodes are asked for /readyz here, by HTTPS; null when their HTTP listener is for their own host alone. */
  readonly httpPort: number | null;
  readonly trackFile: string | null;
  /** The longest silence in a session that is well. */
  readonly silenceMs: number;
}

const MINUTE_MS = 60_000;
/** A server may take ten minutes for the reply to a whole message (RFC 5321 §4.5.3.2.6), the longest of its times. */
const LONGEST_REPLY_MS = 10 * MINUTE_MS;

/**
 * `proxied`: the balancer takes the connections of clients and names them by PROXY headers; `direct`: packets of clients
 * reach the nodes as they are.
 */
export type Passage = 'proxied' | 'direct';

/** @param drained names of nodes that get no new clients */
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

/** The listeners meant for the passage, where there are any; those of one port at several addresses are one door. */
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

/** The addresses that belong to the role and to no node. @throws when there is none */
export function virtualAddresses({ role, addresses, nodes }: BalancerPlan): string[] {
  const virtual = addresses.filter((address) => !nodes.some((node) => node.addresses.includes(address)));
  if (virtual.length > 0) return virtual;
  throw new Error(
    `${role}.addresses names no address besides the nodes' own; name those that clients shall connect to`,
  );
}

/** What must still be set for the nodes to know their clients, behind a balancer that names them by PROXY headers. */
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

/** What is odd about the nodes themselves. */
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

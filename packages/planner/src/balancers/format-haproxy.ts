/** Composes a complete haproxy.cfg (HAProxy 2.4 and later). */
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import { askWithWeight } from '@mailpair/shared/gateway/pair/agent-line';
import type { BalancedDoor, BalancerPlan } from './balancer-plan.ts';

/** Added to the connections of the nodes: connections that wait for a node, and those of the status page. */
const MORE_CONNECTIONS = 1_000;

/** Weights by name of the node; contains only nodes whose capacity is known. */
export type Weights = ReadonlyMap<string, number>;
const noWeights: Weights = new Map();

export function composeHaproxy(plan: BalancerPlan, weights = noWeights): string {
  const { role, host, nodes, doors } = plan;
  const connections = doors.length * sumOf(nodes);
  const title = `HAProxy before the ${role} gateways of ${host}, by "mailpair balancer haproxy".`;
  const backends = doors.map((door) => backendOf(plan, door, weights));
  return [head(title, connections, plan.silenceMs), ...backends.map(sections)].join('\n');
}

export interface PairPlan {
  readonly inbound: BalancerPlan;
  readonly outbound: BalancerPlan;
  /** If true, outbound accepts mail from the internet only while no inbound node is available. */
  readonly isBackup: boolean;
  readonly weights?: Weights;
}

/**
 * Both roles behind one address: mail from the internet is sent to the nodes of both roles, submission to
 * outbound.
 */
export function composeHaproxyPair({ inbound, outbound, isBackup, weights = noWeights }: PairPlan): string {
  const [mxIn, mxOut] = [inbound, outbound].map(({ doors }) => doors.find(({ role }) => role === 'mx'));
  const most = Math.max(
    ...[inbound, outbound].flatMap(({ nodes }) => nodes.map(({ connections }) => connections)),
  );
  const weighted = (plan: BalancerPlan, door: BalancedDoor | undefined, ending = ''): Server[] =>
    serversOf(plan, door, weights).map((server) => ({
      ...server,
      weight: server.weight ?? weightOf(server.connections, most),
      ending: `${ending}${server.ending ?? ''}`,
    }));
  const mx: Backend = {
    name: 'pair_mx_25',
    publicPort: 25,
    implicitTls: false,
    agentPort: null,
    servers: [
      ...weighted(inbound, mxIn, agentWords(inbound)),
      ...weighted(outbound, mxOut, `${agentWords(outbound)}${isBackup ? ' backup' : ''}`),
    ],
    more: isBackup
      ? '\n    # With no inbound node left, all outbound nodes share the clients.\n    option allbackups'
      : '',
  };
  const submission = outbound.doors.filter(({ role }) => role === 'submission');
  const backends = [mx, ...submission.map((door) => backendOf(outbound, door, weights))];
  const title = `HAProxy before ${inbound.host} and ${outbound.host} at one address, by "mailpair balancer haproxy --pair".`;
  const connections = sumOf(inbound.nodes) + (1 + submission.length) * sumOf(outbound.nodes);
  const silenceMs = Math.max(inbound.silenceMs, outbound.silenceMs);
  return [head(title, connections, silenceMs), ...backends.map(sections)].join('\n');
}

/**
 * HAProxy multiplies the weight by the percentage that the agent reports, rounds down, and treats 0 as
 * drained. A weight of at least 100 keeps 1 % above 0. The maximum of HAProxy is 256.
 */
const weightOf = (connections: number, most: number): number =>
  Math.max(100, Math.round((256 * connections) / most));

function head(title: string, connections: number, silenceMs: number): string {
  const silence = `${Math.ceil(silenceMs / 60_000)}m`;
  return `# ${title}
# Look it over with: haproxy -c -f FILE

global
    log /dev/log local0
    stats socket /run/haproxy/admin.sock mode 660 level admin
    user haproxy
    group haproxy
    maxconn ${connections + MORE_CONNECTIONS}

defaults
    log global
    mode tcp
    option tcplog
    option dontlognull
    option tcpka
    # A node that cannot be connected to costs the client nothing: the next one is tried at once.
    retries 2
    option redispatch 1
    timeout connect 5s
    # Both sides are silent while a message is taken, for ten minutes at most (RFC 5321 4.5.3.2.6). The gateway ends
    # idle sessions itself, with a 421, so nothing here may be shorter than its patience.
    timeout client ${silence}
    timeout server ${silence}
    # All nodes full: let the client go to the other MX instead of keeping it waiting.
    timeout queue 10s
    # A node that hangs still accepts connections: 1 s between checks, two silences of 1.5 s and 0.5 s between them mark
    # it down within 5 s. The greeting of a check never waits.
    timeout check 1500ms
`;
}

const sumOf = (nodes: BalancerPlan['nodes']): number =>
  nodes.reduce((sum, { connections }) => sum + connections, 0);

interface Server {
  readonly name: string;
  readonly address: string;
  readonly connections: number;
  /** If absent, the weight of the default-server line applies. */
  readonly weight?: number;
  /** Further options at the end of the server line. */
  readonly ending?: string;
}

/** A port that clients connect to, and the servers behind it. */
interface Backend {
  readonly name: string;
  readonly publicPort: number;
  readonly implicitTls: boolean;
  /** The agent port of all servers of the backend. */
  readonly agentPort: number | null;
  readonly servers: readonly Server[];
  /** Further lines of the backend. */
  readonly more?: string;
}

const backendOf = (plan: BalancerPlan, door: BalancedDoor, weights: Weights): Backend => ({
  name: `${plan.role}_${door.role}_${door.publicPort}`,
  publicPort: door.publicPort,
  implicitTls: door.implicitTls,
  agentPort: plan.agentPort,
  servers: serversOf(plan, door, weights),
});

function serversOf(
  { nodes, agentPort }: BalancerPlan,
  door: BalancedDoor | undefined,
  weights: Weights,
): Server[] {
  if (door === undefined) return [];
  return nodes.map(({ name, host, connections }) => {
    const weight = weights.get(name);
    return {
      name,
      address: formatHostPort({ host, port: door.nodePort }),
      connections,
      ...(weight !== undefined && { weight }),
      // The node reports at least the percentage that results in an effective weight of 1.
      ...(weight !== undefined &&
        agentPort !== null && { ending: ` agent-send "${askWithWeight(weight)}\\n"` }),
    };
  });
}

const agentWords = ({ agentPort }: Pick<BalancerPlan, 'agentPort'>): string =>
  agentPort === null ? '' : ` agent-check agent-port ${agentPort} agent-inter 2s`;

function sections(backend: Backend): string {
  const { name, publicPort, implicitTls, agentPort, servers, more = '' } = backend;
  const agent = agentPort === null ? '' : `\n    default-server${agentWords({ agentPort })}`;
  const lines = servers.map(
    ({ name: server, address, connections, weight, ending = '' }) =>
      `    server ${server} ${address} maxconn ${connections}` +
      `${weight === undefined ? '' : ` weight ${weight}`}${ending}`,
  );
  return `frontend ${name}
    bind :${publicPort}
    bind [::]:${publicPort} v6only
    default_backend ${name}

backend ${name}
    # Sessions are long and differ: the node with the fewest for its weight gets the next one. The weight is 100, or the
    # capacity of the node where it is known, and the agent check makes it smaller by the headroom that the node tells.
    balance leastconn${more}
    option tcp-check
    option log-health-checks
    tcp-check expect rstring ^220
    tcp-check send QUIT\\r\\n
    tcp-check expect rstring ^221
    default-server weight 100 slowstart 30s send-proxy-v2
    default-server check check-send-proxy inter 1s fastinter 500ms fall 2 rise 2${implicitTls ? ' check-ssl verify none' : ''}${agent}
${lines.join('\n')}
`;
}

/** Notes on the keys that must be set so that the weights follow the load. */
export const agentNotes = ({ role, agentPort }: BalancerPlan): string[] =>
  agentPort === null
    ? [
        `${role}.agent: not set, so the nodes keep equal weights; write "0.0.0.0:7025" and let the balancer reach it`,
      ]
    : [];

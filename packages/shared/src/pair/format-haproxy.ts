/** The plan of a load balancer as a whole haproxy.cfg (HAProxy 2.4 and later). */
import { isIPv6 } from 'node:net';
import type { BalancedDoor, BalancerPlan } from './balancer-plan.ts';

/** Beyond the connections of the nodes: those that wait for one, and the status page. */
const MORE_CONNECTIONS = 1_000;

export function composeHaproxy(plan: BalancerPlan): string {
  return [head(plan), ...plan.doors.map((door) => doorSections(plan, door))].join('\n');
}

function head({ role, host, nodes, doors, silenceMs }: BalancerPlan): string {
  const silence = `${Math.ceil(silenceMs / 60_000)}m`;
  return `# HAProxy before the ${role} gateways of ${host}, by "mailpair balancer haproxy".
# Look it over with: haproxy -c -f FILE

global
    log /dev/log local0
    stats socket /run/haproxy/admin.sock mode 660 level admin
    user haproxy
    group haproxy
    maxconn ${doors.length * sumOf(nodes) + MORE_CONNECTIONS}

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

function doorSections(plan: BalancerPlan, { role, publicPort, nodePort, implicitTls }: BalancedDoor): string {
  const name = `${plan.role}_${role}_${publicPort}`;
  const agent =
    plan.agentPort === null
      ? ''
      : `\n    default-server agent-check agent-port ${plan.agentPort} agent-inter 2s`;
  const servers = plan.nodes.map(
    ({ name: node, host, connections }) =>
      `    server ${node} ${isIPv6(host) ? `[${host}]` : host}:${nodePort} maxconn ${connections}`,
  );
  return `frontend ${name}
    bind :${publicPort}
    bind [::]:${publicPort} v6only
    default_backend ${name}

backend ${name}
    # Sessions are long and differ: the node with the fewest for its weight gets the next one. The weight is its
    # headroom, which it tells the agent check; 100 leaves room below.
    balance leastconn
    option tcp-check
    option log-health-checks
    tcp-check expect rstring ^220
    tcp-check send QUIT\\r\\n
    tcp-check expect rstring ^221
    default-server weight 100 slowstart 30s send-proxy-v2
    default-server check check-send-proxy inter 1s fastinter 500ms fall 2 rise 2${implicitTls ? ' check-ssl verify none' : ''}${agent}
${servers.join('\n')}
`;
}

/** What must still be set for the weights to follow the load. */
export const agentNotes = ({ role, agentPort }: BalancerPlan): string[] =>
  agentPort === null
    ? [
        `${role}.agent: not set, so the nodes keep equal weights; write "0.0.0.0:7025" and let the balancer reach it`,
      ]
    : [];

/**
 * Composes a complete nginx.conf (nginx 1.18 and later, with the stream module). nginx counts the connections
 * of each node and states the client in a PROXY header of version 1. It detects a dead node only by a failed
 * connection.
 */
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import type { BalancedDoor, BalancedNode, BalancerPlan } from './balancer-plan.ts';

/**
 * nginx uses two connections for each session. This number is added for clients whose node is not yet chosen.
 */
const MORE_CONNECTIONS = 1_000;

export function composeNginx(plan: BalancerPlan): string {
  return `${head(plan)}
stream {
    log_format mail '$remote_addr [$time_local] $server_port $status $bytes_received $bytes_sent $session_time $upstream_addr';
    access_log /var/log/nginx/mailpair.log mail;

    # The gateway learns the address of the client.
    proxy_protocol on;
    # If nginx cannot connect to a node, it tries the next one at once.
    proxy_connect_timeout 5s;
    proxy_next_upstream on;
    proxy_socket_keepalive on;
    # Both sides are silent while a message is taken, for ten minutes at most (RFC 5321 4.5.3.2.6). The gateway ends
    # idle sessions itself, with a 421.
    proxy_timeout ${Math.ceil(plan.silenceMs / 60_000)}m;

${plan.doors.map((door) => doorBlocks(plan, door)).join('\n')}}
`;
}

function head({ role, host, nodes, doors }: BalancerPlan): string {
  const sessions = doors.length * nodes.reduce((sum, { connections }) => sum + connections, 0);
  const connections = 2 * sessions + MORE_CONNECTIONS;
  return `# nginx before the ${role} gateways of ${host}, by "mailpair balancer nginx".
# Check it with: nginx -t -c FILE
# A node is taken out of service with "down" behind its server line, or by "mailpair balancer nginx --drain NODE", and
# "nginx -s reload". Sessions that are open go on.

user www-data;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
worker_processes auto;
worker_rlimit_nofile ${2 * connections};
# Here Debian loads the stream module.
include /etc/nginx/modules-enabled/*.conf;

events {
    worker_connections ${connections};
}
`;
}

function doorBlocks(plan: BalancerPlan, door: BalancedDoor): string {
  const { publicPort } = door;
  const name = `${plan.role}_${door.role}_${publicPort}`;
  return `    upstream ${name} {
        # The worker processes share what they count.
        zone ${name} 64k;
        # The node with the fewest sessions for its weight gets the next one.
        least_conn;
${plan.nodes.map((node) => `        ${serverLine(node, door)}`).join('\n')}
    }

    server {
        listen ${publicPort} so_keepalive=on;
        listen [::]:${publicPort} ipv6only=on so_keepalive=on;
        proxy_pass ${name};
    }
`;
}

function serverLine(
  { host, connections, weight, isDrained }: BalancedNode,
  { nodePort: port }: BalancedDoor,
): string {
  const limits = `weight=${weight} max_conns=${connections} max_fails=1 fail_timeout=10s`;
  return `server ${formatHostPort({ host, port })} ${limits}${isDrained ? ' down' : ''};`;
}

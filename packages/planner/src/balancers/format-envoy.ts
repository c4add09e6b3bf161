/**
 * Composes the configuration of a dedicated Envoy (1.25 and later). Envoy counts the sessions of each node,
 * checks the health of each node and states the client in a PROXY header of version 2. Its health checks send
 * a LOCAL header, which is exempt from all limits of a gateway.
 */
import { isAddress } from '@mailpair/shared/platform/network/addresses';
import { formatYaml } from '@mailpair/shared/config/read/yaml';
import type { BalancedDoor, BalancedNode, BalancerPlan } from './balancer-plan.ts';

type Json = Readonly<Record<string, unknown>>;

const TYPES = 'type.googleapis.com/envoy';
/** Selects the transport socket with TLS for health checks of the HTTP listeners. */
const BY_TLS = { health: 'https' };

export function composeEnvoy(plan: BalancerPlan): string {
  const text = formatYaml(bootstrap(plan));
  return `# Envoy before the ${plan.role} gateways of ${plan.host}, by "mailpair balancer envoy".
# Check it with: envoy --mode validate -c FILE
# A node that drains or takes no mail says so to the health check: it gets no new clients and finishes its sessions.

${text}`;
}

const bootstrap = (plan: BalancerPlan): Json => ({
  admin: { address: socketAddress('127.0.0.1', 9901) },
  static_resources: {
    listeners: plan.doors.map((door) => listener(plan, door)),
    clusters: plan.doors.map((door) => cluster(plan, door)),
  },
});

const nameOf = ({ role }: BalancerPlan, door: BalancedDoor): string =>
  `${role}_${door.role}_${door.publicPort}`;

const socketAddress = (address: string, port: number): Json => ({
  socket_address: { address, port_value: port },
});

function listener(plan: BalancerPlan, door: BalancedDoor): Json {
  const name = nameOf(plan, door);
  const proxy = {
    '@type': `${TYPES}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
    stat_prefix: name,
    cluster: name,
    // Both sides are silent while a message is processed (RFC 5321 §4.5.3.2.6). The gateway closes idle
    // sessions.
    idle_timeout: `${Math.ceil(plan.silenceMs / 1000)}s`,
    max_connect_attempts: plan.nodes.length + 1,
    access_log: [accessLog],
  };
  return {
    name,
    address: socketAddress('0.0.0.0', door.publicPort),
    additional_addresses: [{ address: socketAddress('::', door.publicPort) }],
    filter_chains: [{ filters: [{ name: 'envoy.filters.network.tcp_proxy', typed_config: proxy }] }],
  };
}

const accessLog = {
  name: 'envoy.access_loggers.stdout',
  typed_config: {
    '@type': `${TYPES}.extensions.access_loggers.stream.v3.StdoutAccessLog`,
    log_format: {
      text_format_source: {
        inline_string:
          '[%START_TIME%] %DOWNSTREAM_REMOTE_ADDRESS% %UPSTREAM_CLUSTER% %UPSTREAM_HOST% %DURATION% ' +
          '%BYTES_RECEIVED% %BYTES_SENT% %RESPONSE_FLAGS%\n',
      },
    },
  },
};

function cluster(plan: BalancerPlan, door: BalancedDoor): Json {
  const name = nameOf(plan, door);
  const sessions = plan.nodes.reduce((sum, { connections }) => sum + connections, 0);
  return {
    name,
    type: plan.nodes.every(({ host }) => isAddress(host)) ? 'STATIC' : 'STRICT_DNS',
    connect_timeout: '5s',
    // The node with the fewest sessions in proportion to its weight gets the next one. The share of a node
    // that returns grows gradually.
    lb_policy: 'LEAST_REQUEST',
    least_request_lb_config: { slow_start_config: { slow_start_window: '30s' } },
    // Dead nodes must get no clients even if most nodes are dead.
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    circuit_breakers: { thresholds: [{ max_connections: sessions, max_pending_requests: sessions }] },
    upstream_connection_options: { tcp_keepalive: {} },
    // A node that refuses connections has the fewest sessions, so it would get every client until the health
    // check fails.
    outlier_detection: {
      split_external_local_origin_errors: true,
      consecutive_local_origin_failure: 1,
      enforcing_local_origin_success_rate: 0,
      base_ejection_time: '10s',
      max_ejection_time: '10s',
      max_ejection_percent: 100,
    },
    health_checks: [{ ...checkTimes, ...healthCheck(plan, door) }],
    ...transportSockets(plan),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: plan.nodes.map((node) => endpoint(plan, node, door)) }],
    },
  };
}

const checkTimes = {
  timeout: '5s',
  interval: '2s',
  no_traffic_interval: '2s',
  unhealthy_interval: '1s',
  unhealthy_threshold: 2,
  healthy_threshold: 2,
};

/** Envoy uses one health check for each cluster. */
function healthCheck({ httpPort, agentPort }: BalancerPlan, { implicitTls }: BalancedDoor): Json {
  if (httpPort !== null)
    return { transport_socket_match_criteria: BY_TLS, http_health_check: { path: '/readyz' } };
  // The agent and the SMTP listener reply as soon as a connection is open.
  const expected = agentPort !== null ? 'up ready' : '220';
  const receive = agentPort === null && implicitTls ? [] : [{ text: Buffer.from(expected).toString('hex') }];
  return { reuse_connection: false, tcp_health_check: { receive } };
}

function transportSockets({ httpPort }: BalancerPlan): Json {
  const tls = {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TYPES}.extensions.transport_sockets.tls.v3.UpstreamTlsContext`,
      // The default maximum of Envoy is TLS 1.2, which tls.minVersion may exclude.
      common_tls_context: { tls_params: { tls_maximum_protocol_version: 'TLSv1_3' } },
    },
  };
  return {
    ...(httpPort !== null && {
      transport_socket_matches: [{ name: 'health', match: BY_TLS, transport_socket: tls }],
    }),
    transport_socket: {
      name: 'envoy.transport_sockets.upstream_proxy_protocol',
      typed_config: {
        '@type': `${TYPES}.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport`,
        config: { version: 'V2' },
        transport_socket: {
          name: 'envoy.transport_sockets.raw_buffer',
          typed_config: { '@type': `${TYPES}.extensions.transport_sockets.raw_buffer.v3.RawBuffer` },
        },
      },
    },
  };
}

function endpoint(
  { httpPort, agentPort }: BalancerPlan,
  node: BalancedNode,
  { nodePort }: BalancedDoor,
): Json {
  const checkPort = httpPort ?? agentPort;
  return {
    endpoint: {
      address: socketAddress(node.host, nodePort),
      ...(checkPort !== null && { health_check_config: { port_value: checkPort, hostname: node.name } }),
    },
    load_balancing_weight: node.weight,
    ...(node.isDrained && { health_status: 'DRAINING' }),
  };
}

/** Notes on the keys that must be set so that Envoy can check the health of the nodes. */
export const envoyHealthNotes = ({ role, agentPort, httpPort }: BalancerPlan): string[] =>
  agentPort === null && httpPort === null
    ? [
        `${role}.http: only its own host reaches it, so Envoy checks the greeting only and does not detect a drain; ` +
          'write "0.0.0.0:8025" and let Envoy reach it',
      ]
    : [];

/**
 * JSON schema of the messages that mailpair writes for Envoy. It follows the v3 API of Envoy (January 2026) in its names, types and
 * ranges, and is narrower: it knows no field that mailpair does not write, and of an enumeration only what mailpair uses.
 */
import { closed, listOf } from './closed-schema.ts';

const text = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 0 };
const duration = { type: 'string', pattern: '^[1-9][0-9]*s$' };
const ip = { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] };
const host = { anyOf: [ip, { type: 'string', format: 'hostname' }] };
const port = { type: 'integer', minimum: 1, maximum: 65_535 };

const socket = (address: object) => closed({ socket_address: closed({ address, port_value: port }) });
const typed = (type: string, fields: Readonly<Record<string, unknown>> = {}) =>
  closed({ '@type': { const: `type.googleapis.com/envoy.${type}` }, ...fields });
const extension = (name: string, config: object) =>
  closed({ name: { const: `envoy.${name}` }, typed_config: config });

const accessLog = extension(
  'access_loggers.stdout',
  typed('extensions.access_loggers.stream.v3.StdoutAccessLog', {
    log_format: closed({ text_format_source: closed({ inline_string: text }) }),
  }),
);

const tcpProxy = extension(
  'filters.network.tcp_proxy',
  typed('extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: text,
    cluster: text,
    idle_timeout: duration,
    max_connect_attempts: { type: 'integer', minimum: 1 },
    access_log: listOf(accessLog),
  }),
);

const tls = extension(
  'transport_sockets.tls',
  typed('extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
    common_tls_context: closed({
      tls_params: closed({ tls_maximum_protocol_version: { enum: ['TLSv1_3'] } }),
    }),
  }),
);

const proxyProtocol = extension(
  'transport_sockets.upstream_proxy_protocol',
  typed('extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport', {
    config: closed({ version: { enum: ['V1', 'V2'] } }),
    transport_socket: extension(
      'transport_sockets.raw_buffer',
      typed('extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
    ),
  }),
);

const labels = { type: 'object', additionalProperties: text };

const healthCheck = {
  ...closed(
    {
      timeout: duration,
      interval: duration,
      no_traffic_interval: duration,
      unhealthy_interval: duration,
      unhealthy_threshold: count,
      healthy_threshold: count,
      reuse_connection: { type: 'boolean' },
      transport_socket_match_criteria: labels,
      http_health_check: closed({ path: { type: 'string', pattern: '^/' } }),
      tcp_health_check: closed({
        receive: listOf(closed({ text: { type: 'string', pattern: '^(?:[0-9a-f]{2})+$' } }), 0),
      }),
    },
    ['reuse_connection', 'transport_socket_match_criteria', 'http_health_check', 'tcp_health_check'],
  ),
  oneOf: [{ required: ['http_health_check'] }, { required: ['tcp_health_check'] }],
};

const lbEndpoint = closed(
  {
    endpoint: closed(
      { address: socket(host), health_check_config: closed({ port_value: port, hostname: text }) },
      ['health_check_config'],
    ),
    load_balancing_weight: { type: 'integer', minimum: 1 },
    health_status: { enum: ['HEALTHY', 'UNHEALTHY', 'DRAINING'] },
  },
  ['health_status'],
);

const cluster = closed(
  {
    name: text,
    type: { enum: ['STATIC', 'STRICT_DNS'] },
    connect_timeout: duration,
    lb_policy: { const: 'LEAST_REQUEST' },
    least_request_lb_config: closed({ slow_start_config: closed({ slow_start_window: duration }) }),
    common_lb_config: closed({
      healthy_panic_threshold: closed({ value: { type: 'number', minimum: 0, maximum: 100 } }),
    }),
    circuit_breakers: closed({
      thresholds: listOf(closed({ max_connections: count, max_pending_requests: count })),
    }),
    upstream_connection_options: closed({ tcp_keepalive: closed({}) }),
    outlier_detection: closed({
      split_external_local_origin_errors: { type: 'boolean' },
      consecutive_local_origin_failure: count,
      enforcing_local_origin_success_rate: { type: 'integer', minimum: 0, maximum: 100 },
      base_ejection_time: duration,
      max_ejection_time: duration,
      max_ejection_percent: { type: 'integer', minimum: 0, maximum: 100 },
    }),
    // Envoy refuses more than one.
    health_checks: { ...listOf(healthCheck), maxItems: 1 },
    transport_socket_matches: listOf(closed({ name: text, match: labels, transport_socket: tls })),
    transport_socket: proxyProtocol,
    load_assignment: closed({
      cluster_name: text,
      endpoints: listOf(closed({ lb_endpoints: listOf(lbEndpoint) })),
    }),
  },
  ['transport_socket_matches'],
);

const listener = closed({
  name: text,
  address: socket(ip),
  additional_addresses: listOf(closed({ address: socket(ip) })),
  filter_chains: listOf(closed({ filters: listOf(tcpProxy) })),
});

export const envoySchema = closed({
  admin: closed({ address: socket(ip) }),
  static_resources: closed({ listeners: listOf(listener), clusters: listOf(cluster) }),
});

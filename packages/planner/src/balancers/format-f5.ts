/**
 * The plan of a load balancer as a declaration for F5 BIG-IP (AS3 3.30 and later): a tenant for each role, so that one declaration
 * leaves the other role alone. BIG-IP sends no PROXY headers by itself; an iRule writes those of version 1.
 */
import { isAddress } from '@mailpair/shared/platform/network/addresses';
import {
  virtualAddresses,
  type BalancedDoor,
  type BalancedNode,
  type BalancerPlan,
} from './balancer-plan.ts';

type Json = Readonly<Record<string, unknown>>;

const SCHEMA_VERSION = '3.30.0';
/** BIG-IP takes a node for dead after three looks and a second. */
const LOOKS = { interval: 2, timeout: 7 };

/** BIG-IP appends `%` and the number of a route domain to addresses in one. */
const PROXY_RULE = `when CLIENT_ACCEPTED {
  set source "[getfield [IP::remote_addr] % 1]"
  set destination "[getfield [IP::local_addr] % 1]"
  set header "PROXY TCP[IP::version] $source $destination [TCP::remote_port] [TCP::local_port]\\r\\n"
}
when SERVER_CONNECTED {
  TCP::respond $header
}
`;

export function composeF5(plan: BalancerPlan): string {
  const declaration = {
    class: 'ADC',
    schemaVersion: SCHEMA_VERSION,
    label: `mailpair ${plan.role}`,
    remark: 'Written by mailpair balancer f5',
    [`mailpair_${plan.role}`]: {
      class: 'Tenant',
      mail: {
        class: 'Application',
        template: 'generic',
        ...Object.fromEntries(plan.doors.flatMap((door) => doorObjects(plan, door))),
        health: healthMonitor(plan),
        sessions: { class: 'TCP_Profile', idleTimeout: Math.ceil(plan.silenceMs / 1000) },
        proxy_header: { class: 'iRule', iRule: PROXY_RULE },
      },
    },
  };
  return JSON.stringify(declaration, null, 2);
}

function doorObjects(plan: BalancerPlan, door: BalancedDoor): [string, Json][] {
  const name = `${door.role}_${door.publicPort}`;
  const service = {
    class: 'Service_TCP',
    virtualAddresses: virtualAddresses(plan),
    virtualPort: door.publicPort,
    pool: `${name}_nodes`,
    profileTCP: { use: 'sessions' },
    iRules: ['proxy_header'],
    // Answers must come back through BIG-IP.
    snat: 'auto',
    // A large sender is shared among the nodes too.
    persistenceMethods: [],
  };
  const pool = {
    class: 'Pool',
    // The sessions of a node as a share of its connectionLimit.
    loadBalancingMode: 'weighted-least-connections-member',
    monitors: [{ use: 'health' }],
    members: plan.nodes.map((node) => member(node, door)),
    reselectTries: plan.nodes.length - 1,
    slowRampTime: 30,
  };
  return [
    [name, service],
    [`${name}_nodes`, pool],
  ];
}

function member({ name, host, connections, isDrained }: BalancedNode, { nodePort }: BalancedDoor): Json {
  return {
    servicePort: nodePort,
    ...(isAddress(host)
      ? { serverAddresses: [host] }
      : { addressDiscovery: 'fqdn', autoPopulate: false, hostname: name }),
    connectionLimit: connections,
    ...(isDrained && { adminState: 'disable' }),
  };
}

/** A member that says the second text gets no new clients, and keeps those that it has. */
function healthMonitor({ agentPort, httpPort }: BalancerPlan): Json {
  if (agentPort !== null)
    return monitor('tcp', {
      targetPort: agentPort,
      send: '\\r\\n',
      receive: 'up ready',
      receiveDown: 'drain|down',
    });
  if (httpPort !== null)
    return monitor('https', {
      targetPort: httpPort,
      send: 'GET /readyz HTTP/1.0\\r\\n\\r\\n',
      receive: 'HTTP/1.1 200',
      receiveDown: 'HTTP/1.1 503',
    });
  return monitor('tcp', { send: 'PROXY UNKNOWN\\r\\n', receive: '^220' });
}

const monitor = (monitorType: string, rest: Json): Json => ({
  class: 'Monitor',
  monitorType,
  ...LOOKS,
  ...rest,
});

/** What must still be set for BIG-IP to know how the nodes are. */
export const f5HealthNotes = ({ role, agentPort, httpPort }: BalancerPlan): string[] =>
  agentPort === null && httpPort === null
    ? [
        `${role}.agent: not set, so BIG-IP only looks at the greeting, takes a full node for dead and sees no drain; ` +
          'write "0.0.0.0:7025" and let BIG-IP reach it',
      ]
    : [];

/**
 * Composes a declaration for F5 BIG-IP (AS3 3.30 and later). Each role has a tenant of its own, so a
 * declaration for one role does not change the other. BIG-IP cannot send PROXY headers itself, so an iRule
 * writes headers of version 1.
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
/** BIG-IP marks a node down after three failed checks and one more second. Both values are in seconds. */
const LOOKS = { interval: 2, timeout: 7 };

/** BIG-IP appends `%` and the route domain's number to an address that is in a route domain. */
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
    // Replies must return through BIG-IP.
    snat: 'auto',
    // The connections of one large sender are also shared among the nodes.
    persistenceMethods: [],
  };
  const pool = {
    class: 'Pool',
    // BIG-IP compares the number of sessions of a node with its connectionLimit.
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

/** A member whose response matches the second text gets no new clients and keeps its current ones. */
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

/** Notes on the keys that must be set so that BIG-IP can check the health of the nodes. */
export const f5HealthNotes = ({ role, agentPort, httpPort }: BalancerPlan): string[] =>
  agentPort === null && httpPort === null
    ? [
        `${role}.agent: not set, so BIG-IP checks the greeting only, treats a full node as dead and does not detect a drain; ` +
          'write "0.0.0.0:7025" and let BIG-IP reach it',
      ]
    : [];

/**
 * Composes a keepalived.conf (keepalived 2.1 and later). Either the addresses of the role move between its
 * nodes by VRRP, or a director shares clients among the nodes by IPVS.
 */
import { isIPv6 } from 'node:net';
import type { BalancedDoor, BalancedNode, BalancerPlan } from './balancer-plan.ts';

/** The path at which the script of `composeWeightScript` is installed. */
export const WEIGHT_SCRIPT = '/etc/keepalived/mailpair-weight';

export interface VrrpPlan extends BalancerPlan {
  /** The addresses that VRRP moves. */
  readonly virtual: readonly string[];
  readonly interface: string;
  /** The node that the configuration is made for. */
  readonly node: BalancedNode;
  /**
   * The VRRP router id of the first address, 1 to 255; the following addresses have the following ids. Each
   * id must be unique in the network.
   */
  readonly routerId: number;
  readonly trackFile: string;
}

/**
 * Another node takes an address over if its headroom is greater by at least this number of percentage points.
 */
const LEAD = 50;
/** The ranges differ because the nodes of both roles may be in one network. */
export const FIRST_ROUTER_ID = { inbound: 51, outbound: 151 } as const;

/**
 * Each address has a preferred node, so the best number of addresses is the number of nodes. An address moves
 * at once if its node does not respond, drains or accepts no mail. It also moves if another node has had far
 * more headroom for five minutes. A move breaks the sessions on the address.
 */
export function composeVrrp(plan: VrrpPlan): string {
  const door = plan.doors[0];
  return `# keepalived on ${plan.node.name}, for the ${plan.role} gateways of ${plan.host}, by "mailpair balancer keepalived".
# Every node has its own: run it there. Look it over with: keepalived -t -f FILE

global_defs {
    script_user root
    enable_script_security
}

# Written by the gateway: its headroom, or -254 while it takes no mail.
track_file headroom {
    file "${plan.trackFile}"
    weight 1
    init_file 0
}

# A gateway that was killed writes nothing any more.
vrrp_script answers {
    script "/bin/bash -c 'exec 3<>/dev/tcp/127.0.0.1/${door?.nodePort ?? 25}'"
    interval 2
    timeout 5
    fall 2
    rise 2
}

${plan.virtual.map((address, index) => instance(plan, address, index)).join('\n')}`;
}

function instance(plan: VrrpPlan, address: string, index: number): string {
  const family = isIPv6(address);
  const rank = plan.virtual.filter((other) => isIPv6(other) === family).indexOf(address);
  const owner = plan.nodes[rank % plan.nodes.length];
  return `vrrp_instance ${plan.role}_${index + 1} {
    state BACKUP
    interface ${plan.interface}
    virtual_router_id ${plan.routerId + index}
    priority ${owner?.name === plan.node.name ? 50 + LEAD : 50}
    advert_int 1
    preempt_delay 300
    virtual_ipaddress {
        ${address}/${family ? 128 : 32}
    }
    track_file {
        headroom
    }
    track_script {
        answers
    }
}
`;
}

export interface IpvsPlan extends BalancerPlan {
  readonly virtual: readonly string[];
}

/**
 * The configuration of the director. The nodes see the addresses of clients, so they need no PROXY header.
 */
export function composeIpvs(plan: IpvsPlan): string {
  const servers = plan.virtual.flatMap((address) =>
    plan.doors.map((door) => virtualServer(plan, address, door)),
  );
  return `# keepalived with IPVS before the ${plan.role} gateways of ${plan.host}, by "mailpair balancer keepalived --ipvs".
# Look it over with: keepalived -t -f FILE
# lb_kind DR: every node holds the virtual addresses on its loopback interface and does not announce them (arp_ignore=1,
# arp_announce=2). lb_kind NAT: the director is the gateway of the nodes, so that their answers pass it.

global_defs {
    script_user root
    enable_script_security
}

${servers.join('\n')}`;
}

/** IPVS with direct routing does not change the port of a packet. */
function virtualServer(plan: IpvsPlan, address: string, door: BalancedDoor): string {
  const { publicPort, nodePort } = door;
  const checks = door.implicitTls ? 'TCP_CHECK' : 'SMTP_CHECK';
  const servers = plan.nodes
    .flatMap(({ addresses }) => addresses.filter((each) => isIPv6(each) === isIPv6(address)))
    .map((each) => realServer(plan, each, nodePort, checks));
  return `virtual_server ${address} ${publicPort} {
    delay_loop 2
    lb_algo wlc
    lb_kind ${publicPort === nodePort ? 'DR' : 'NAT'}
    protocol TCP
${servers.join('\n')}
}
`;
}

/** Notes on what the director does not support with these nodes. */
export function ipvsNotes({ role, virtual, nodes, doors }: IpvsPlan): string[] {
  const without = virtual.filter((address) =>
    nodes.every((node) => !node.addresses.some((each) => isIPv6(each) === isIPv6(address))),
  );
  const key = (door: BalancedDoor): string =>
    role === 'inbound' ? 'inbound.listen' : `outbound.listen.${door.role}`;
  return [
    ...without.map(
      (address) =>
        `${role}.nodes: no node has an ${isIPv6(address) ? 'IPv6' : 'IPv4'} address, so nothing answers behind ${address}; ` +
        'add one to nodes[].addresses',
    ),
    ...doors
      .filter(({ publicPort, nodePort }) => publicPort !== nodePort)
      .map(
        (door) =>
          `${key(door)}: clients connect to port ${door.publicPort} and the nodes listen on ${door.nodePort}, so the director ` +
          'must translate (lb_kind NAT) and be the way back of the nodes; with a listener on ' +
          `port ${door.publicPort} the nodes answer directly`,
      ),
  ];
}

function realServer({ agentPort, host: helo }: IpvsPlan, host: string, port: number, checks: string): string {
  const weight = `
        # The gateway's own weight, by its agent.
        MISC_CHECK {
            misc_path "${WEIGHT_SCRIPT} ${host} ${agentPort}"
            misc_timeout 5
            misc_dynamic
        }`;
  return `    real_server ${host} ${port} {
        weight 100
        ${checks} {
            connect_timeout 5
            retry 1
            delay_before_retry 1${checks === 'SMTP_CHECK' ? `\n            helo_name ${helo}` : ''}
        }${agentPort === null ? '' : weight}
    }`;
}

/**
 * A shell script that reads the weight from the agent of a gateway and converts it to the exit code of
 * MISC_CHECK: 1 for down, or weight + 2 (2 to 102).
 */
export function composeWeightScript(): string {
  return `#!/bin/bash
# ${WEIGHT_SCRIPT} ADDRESS PORT: the weight that the mailpair agent there tells, for keepalived's MISC_CHECK.
# An agent that does not answer changes nothing: whether the gateway answers is for the other check to say.
{ exec 3<>"/dev/tcp/$1/$2"; } 2>/dev/null || exit 0
read -r -t 3 line <&3 || exit 0
case $line in
  drain*) exit 2 ;;
  down*) exit 1 ;;
esac
[[ $line =~ ([0-9]+)% ]] && exit $((BASH_REMATCH[1] + 2))
exit 0
`;
}

/** `mailpair balancer keepalived`: writes keepalived.conf to stdout and missing keys to stderr. */
import { hostname } from 'node:os';
import { planBalancer, virtualAddresses } from '@mailpair/planner/balancers/balancer-plan';
import type { BalancedRole, BalancerPlan } from '@mailpair/planner/balancers/balancer-plan';
import {
  composeIpvs,
  composeVrrp,
  composeWeightScript,
  FIRST_ROUTER_ID,
  ipvsNotes,
  WEIGHT_SCRIPT,
} from '@mailpair/planner/balancers/format-keepalived';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import type { Settings } from '@mailpair/shared/config/settings';
import { choiceOption, expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Verb, VerbArgs } from '../framework/verb.ts';
import { roleNames } from '@mailpair/shared/platform/values/role-name';

export const balancerKeepalived: Verb = {
  usage:
    'balancer keepalived [--role inbound|outbound] [--node NAME] [--interface NAME] [--router-id N] [--ipvs | --script]',
  options: {
    role: { type: 'string' },
    node: { type: 'string' },
    interface: { type: 'string' },
    'router-id': { type: 'string' },
    ipvs: { type: 'boolean' },
    script: { type: 'boolean' },
  },
  help: `
Prints a keepalived.conf that moves the addresses of a role (those in inbound.addresses that are no
node's own) between its nodes by VRRP, by the headroom that each gateway writes to its track file; or,
with --ipvs, one for a director that shares the clients among the nodes. It contacts no server
and changes nothing. Missing keys are reported on stderr.

  --role ROLE         inbound (the default) or outbound
  --node NAME         the node it is for; without it, the one that has the name of this machine
  --interface NAME    where the addresses are (default eth0)
  --router-id N       virtual_router_id of the first address, which no other VRRP group of the network
                      has (default ${FIRST_ROUTER_ID.inbound} for inbound, ${FIRST_ROUTER_ID.outbound} for outbound); the same on all nodes
  --ipvs              for a director in front of the nodes
  --script            the script with which the director reads the weights of the nodes

Examples:
  mailpair balancer keepalived --node in1.example.com > /etc/keepalived/keepalived.conf
  mailpair balancer keepalived --script > ${WEIGHT_SCRIPT}

Exit: 0 done, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    if (args.options['script'] === true) {
      io.out(composeWeightScript().trimEnd());
      return Promise.resolve(0);
    }
    const role = choiceOption(args, 'role', roleNames) ?? 'inbound';
    const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
    const plan = planBalancer(settings, role, 'direct');
    const virtual = virtualAddresses(plan);
    if (args.options['ipvs'] === true) {
      const ipvs = { ...plan, virtual };
      io.out(composeIpvs(ipvs).trimEnd());
      for (const note of [...weightNotes(plan), ...ipvsNotes(ipvs)]) io.err(note);
      return Promise.resolve(0);
    }
    const name = textOption(args, 'interface') ?? 'eth0';
    const trackFile = plan.trackFile ?? `/run/mailpair-${role}/headroom`;
    io.out(
      composeVrrp({
        ...plan,
        virtual,
        node: nodeOf(plan, settings, args),
        routerId: routerIdOf(args, role, virtual.length),
        interface: name,
        trackFile,
      }).trimEnd(),
    );
    for (const { publicPort, nodePort } of plan.doors)
      if (publicPort !== nodePort)
        io.err(
          `clients connect to port ${publicPort} and the nodes listen on ${nodePort}: redirect it on every node, or let the ` +
            `nodes listen on ${publicPort}`,
        );
    if (plan.trackFile === null)
      io.err(`${role}.trackFile: not set, so the headroom is not known; write ${trackFile}`);
    if (virtual.length < plan.nodes.length)
      io.err(`${role}.addresses: there are more nodes than addresses that move, so some nodes will be idle`);
    return Promise.resolve(0);
  },
};

function nodeOf(
  { nodes, role }: BalancerPlan,
  settings: Settings,
  args: VerbArgs,
): BalancerPlan['nodes'][number] {
  const wanted = textOption(args, 'node') ?? settings.node ?? hostname().toLowerCase();
  const node = nodes.find(({ name }) => name === wanted);
  if (node) return node;
  throw new UsageError(
    `${wanted} is no node of ${role}; --node is one of ${nodes.map(({ name }) => name).join(', ')}`,
  );
}

/** @throws UsageError */
function routerIdOf(args: VerbArgs, role: BalancedRole, addresses: number): number {
  const text = textOption(args, 'router-id');
  if (text === undefined) return FIRST_ROUTER_ID[role];
  const [id, last] = [Number(text), 256 - addresses];
  if (Number.isInteger(id) && id >= 1 && id <= last) return id;
  throw new UsageError(
    `--router-id is a number from 1 to ${last}: each of the ${addresses} addresses has its own`,
  );
}

const weightNotes = ({ agentPort, role }: BalancerPlan): string[] =>
  agentPort === null
    ? [`${role}.agent: not set, so the nodes keep equal weights; write "0.0.0.0:7025"`]
    : [
        `install the script that asks for the weights: mailpair balancer keepalived --script > ${WEIGHT_SCRIPT}`,
      ];

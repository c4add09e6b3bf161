/** `mailpair balancer haproxy`: writes haproxy.cfg to stdout and missing keys to stderr. */
import { addressNotes, nodeNotes, planBalancer, proxyNotes } from '@mailpair/planner/balancers/balancer-plan';
import { agentNotes, composeHaproxy, composeHaproxyPair } from '@mailpair/planner/balancers/format-haproxy';
import { hasOneAddress } from '@mailpair/shared/platform/network/one-address';
import type { Settings } from '@mailpair/shared/config/settings';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { capacityHelp, capacityOptions, weightsOfNodes } from './node-capacities.ts';
import { choiceOption, expectOperands, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';
import { roleNames } from '@mailpair/shared/platform/values/role-name';

export const balancerHaproxy: Verb = {
  usage: 'balancer haproxy [--role inbound|outbound | --pair [--backup]] [--ask | --capacity NODE=N …]',
  options: {
    role: { type: 'string' },
    pair: { type: 'boolean' },
    backup: { type: 'boolean' },
    ...capacityOptions,
  },
  help: `
Prints a complete haproxy.cfg that shares the clients of a role among its nodes: least connections,
weighted by the headroom that each node reports to HAProxy's agent check; PROXY headers, so that the nodes
know their clients; health checks that the nodes do not log. Without --ask it contacts no
server. It changes nothing. Keys that mailpair.yaml lacks are reported on stderr.

If the nodes differ in what they can carry, give each its capacity in messages per second: the weights
are then in proportion to it, and a node gets its capacity times its headroom.

  --role ROLE    inbound (the default) or outbound
  --pair         for a pair with one public address: mail from the internet to the nodes of both roles,
                 by their size and headroom, and submission to outbound
  --backup       with --pair: outbound takes mail from the internet only while no inbound node is available.
                 A full inbound node counts as available
${capacityHelp}

Examples:
  mailpair balancer haproxy > haproxy.cfg && haproxy -c -f haproxy.cfg
  mailpair balancer haproxy --role outbound
  mailpair balancer haproxy --pair
  mailpair balancer haproxy --ask
  mailpair balancer haproxy --capacity in1.example.com=400 --capacity in2.example.com=100

Exit: 0 done, 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    if (args.options['pair'] === true) return pair(args, io);
    if (args.options['backup'] === true) throw new UsageError('--backup goes with --pair');
    const role = choiceOption(args, 'role', roleNames) ?? 'inbound';
    const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
    const plan = planBalancer(settings, role, 'proxied');
    io.out(composeHaproxy(plan, await weightsOfNodes(args, settings, [role])).trimEnd());
    for (const note of [...proxyNotes(settings, role), ...agentNotes(plan), ...nodeNotes(settings, role)])
      io.err(note);
    return 0;
  },
};

async function pair(args: VerbArgs, io: Io): Promise<number> {
  if (args.options['role'] !== undefined) throw new UsageError('--pair is for both roles: leave --role out');
  const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
  const [inbound, outbound] = roleNames.map((role) => planBalancer(settings, role, 'proxied'));
  const isBackup = args.options['backup'] === true;
  const weights = await weightsOfNodes(args, settings, roleNames);
  io.out(composeHaproxyPair({ inbound: inbound!, outbound: outbound!, isBackup, weights }).trimEnd());
  for (const note of pairNotes(settings)) io.err(note);
  return 0;
}

function pairNotes(settings: Settings): string[] {
  return [
    ...roleNames.flatMap((role) => [
      ...proxyNotes(settings, role),
      ...agentNotes(planBalancer(settings, role, 'proxied')),
      ...addressNotes(settings, role),
    ]),
    ...(hasOneAddress(settings)
      ? []
      : [
          'inbound.addresses and outbound.addresses differ: write the public address of this balancer in both, so that the ' +
            'DNS plan has one MX and no sender is asked to try another one',
        ]),
  ];
}

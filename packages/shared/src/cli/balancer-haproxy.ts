/** `mailpair balancer haproxy`: haproxy.cfg on stdout, what is still to be set on stderr. */
import { nodeNotes, planBalancer, proxyNotes } from '../pair/balancer-plan.ts';
import { agentNotes, composeHaproxy } from '../pair/format-haproxy.ts';
import { loadSettings } from '../system/config/load-settings.ts';
import { choiceOption, expectOperands } from './verb.ts';
import type { Verb } from './verb.ts';

export const balancerHaproxy: Verb = {
  name: 'balancer haproxy',
  summary: 'print haproxy.cfg for the nodes of a role',
  usage: 'balancer haproxy [--role inbound|outbound]',
  options: { role: { type: 'string' } },
  help: `
Prints a complete haproxy.cfg that shares the clients of a role among its nodes: least connections,
weighted by the headroom that each node tells HAProxy's agent check; PROXY headers, so that the nodes
know their clients; health checks that the nodes do not log. Asks nobody and changes nothing. What is
still to be set in mailpair.yaml is told on stderr.

  --role ROLE    inbound (the default) or outbound

Examples:
  mailpair balancer haproxy > haproxy.cfg && haproxy -c -f haproxy.cfg
  mailpair balancer haproxy --role outbound

Exit: 0 done, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    const role = choiceOption(args, 'role', ['inbound', 'outbound']) ?? 'inbound';
    const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
    const plan = planBalancer(settings, role, 'proxied');
    io.out(composeHaproxy(plan).trimEnd());
    for (const note of [...proxyNotes(settings, role), ...agentNotes(plan), ...nodeNotes(settings, role)])
      io.err(note);
    return Promise.resolve(0);
  },
};

/** `mailpair balancer f5`: writes an AS3 declaration to stdout and missing keys to stderr. */
import { composeF5, f5HealthNotes } from '@mailpair/planner/balancers/format-f5';
import { balancedOptions, balancedOptionsHelp, planOfRole } from './balanced-role.ts';
import type { Verb } from '../framework/verb.ts';

export const balancerF5: Verb = {
  usage: 'balancer f5 [--role inbound|outbound] [--drain NODE …]',
  options: balancedOptions,
  help: `
Prints a declaration for the AS3 extension of F5 BIG-IP: a virtual server on each address of the role
that is no node's own, a pool of its nodes that shares clients by least connections, as shares of
limits.connections of each node, an iRule that names the client to the node by a PROXY header, and a
monitor. The monitor asks the agent of each node (inbound.agent), else /readyz of its HTTP listener. A
node that drains or takes no mail gets no new clients and keeps its sessions. It contacts no server
and changes nothing. Keys that mailpair.yaml lacks are reported on stderr. The listeners of the nodes name
the self IP addresses of BIG-IP as their balancers (proxy).

${balancedOptionsHelp}

Examples:
  mailpair balancer f5 > inbound.json
  curl -u admin -H 'Content-Type: application/json' -d @inbound.json https://BIGIP/mgmt/shared/appsvcs/declare
  mailpair balancer f5 --drain in1.example.com | jq .

Exit: 0 done, 2 usage or fault.
`,
  run(args, io) {
    const { plan, notes } = planOfRole(args, io);
    io.out(composeF5(plan));
    for (const note of [...notes, ...f5HealthNotes(plan)]) io.err(note);
    return Promise.resolve(0);
  },
};

/** `mailpair balancer envoy`: writes envoy.yaml to stdout and missing keys to stderr. */
import { composeEnvoy, envoyHealthNotes } from '@mailpair/planner/balancers/format-envoy';
import { balancedOptions, balancedOptionsHelp, planOfRole } from './balanced-role.ts';
import type { Verb } from '../framework/verb.ts';

export const balancerEnvoy: Verb = {
  usage: 'balancer envoy [--role inbound|outbound] [--drain NODE …]',
  options: balancedOptions,
  help: `
Prints a complete configuration of Envoy that shares the clients of a role among its nodes: fewest
sessions, weighted by limits.connections of each node; PROXY headers, so that the nodes know their
clients; and a health check. The check asks each node for /readyz (inbound.http), else its agent
(inbound.agent), else it waits for the greeting. A node that drains or takes no mail gets no new
clients and finishes its sessions. It contacts no server and changes nothing. Keys that
mailpair.yaml lacks are reported on stderr.

${balancedOptionsHelp}

Examples:
  mailpair balancer envoy > envoy.yaml && envoy --mode validate -c envoy.yaml
  mailpair balancer envoy --role outbound

Exit: 0 done, 2 usage or fault.
`,
  run(args, io) {
    const { plan, notes } = planOfRole(args, io);
    io.out(composeEnvoy(plan).trimEnd());
    for (const note of [...notes, ...envoyHealthNotes(plan)]) io.err(note);
    return Promise.resolve(0);
  },
};

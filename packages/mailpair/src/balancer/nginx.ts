/** `mailpair balancer nginx`: writes nginx.conf to stdout and missing keys to stderr. */
import { composeNginx } from '@mailpair/planner/balancers/format-nginx';
import { balancedOptions, balancedOptionsHelp, planOfRole } from './balanced-role.ts';
import type { Verb } from '../framework/verb.ts';

export const balancerNginx: Verb = {
  usage: 'balancer nginx [--role inbound|outbound] [--drain NODE …]',
  options: balancedOptions,
  help: `
Prints a complete nginx.conf (stream module) that shares the clients of a role among its nodes: least
connections, weighted by limits.connections of each node, and PROXY headers, so that the nodes know
their clients. If nginx cannot connect to a node, it takes the next one at once and leaves the node
alone for ten seconds. It has no health check: HAProxy and Envoy also detect a node that accepts
connections but no mail, and only HAProxy follows the load. It contacts no server and changes
nothing. Keys that mailpair.yaml lacks are reported on stderr.

${balancedOptionsHelp}

Examples:
  mailpair balancer nginx > nginx.conf && nginx -t -c $PWD/nginx.conf
  mailpair balancer nginx --drain in1.example.com > /etc/nginx/nginx.conf && nginx -s reload

Exit: 0 done, 2 usage or fault.
`,
  run(args, io) {
    const { plan, notes } = planOfRole(args, io);
    io.out(composeNginx(plan).trimEnd());
    for (const note of notes) io.err(note);
    return Promise.resolve(0);
  },
};

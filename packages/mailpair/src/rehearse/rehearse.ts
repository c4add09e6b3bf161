/** `mailpair rehearse`: runs the planned pair with faults on loopback before it is published. */
import { loadProving } from '../framework/load-proving.ts';
import { expectOperands, type Verb } from '../framework/verb.ts';
import { USUAL } from './usual.ts';

export const rehearseVerb: Verb = {
  usage:
    'rehearse [--phases LIST] [--minutes N] [--hours N] [--rate N/h] [--senders SHARES] [--keep]\n' +
    '       mailpair rehearse --lab [--capacity IN,OUT] [--load LIST] [--submissions N] [--policies LIST]\n' +
    '                [--senders SHARES] [--minutes N] [--seed N] [--new]',
  options: {
    phases: { type: 'string' },
    minutes: { type: 'string' },
    hours: { type: 'string' },
    rate: { type: 'string' },
    senders: { type: 'string' },
    keep: { type: 'boolean' },
    lab: { type: 'boolean' },
    capacity: { type: 'string' },
    load: { type: 'string' },
    submissions: { type: 'string' },
    policies: { type: 'string' },
    seed: { type: 'string' },
    new: { type: 'boolean' },
  },
  help: `
Tests the pair before anything is published: both gateways run as real processes with this configuration moved to
loopback (free ports, temporary spools, a temporary secret; the real addresses, files, servers and
resolvers are not used). Mail comes from servers that behave like Postfix, Exim and qmail, and
from a spammer that prefers the second MX; the local servers send mail out. Then, one after the other,
inbound and outbound are killed, the local servers and the resolver are stopped and the disk is filled;
each fault is then repaired.

The table shows for each fault what was lost, duplicated, bounced and refused, the delays (p50, p99),
and the share of each host. All counted messages were really sent. Needs Linux, and both gateways'
packages on this host; as root the disk is a real one that is filled, otherwise queue.minFree is raised.

  --phases LIST      of inbound, outbound, local-server, resolver, disk; all by default
  --hours N          simulated time that the traffic stands for; default 1
  --rate N/h         messages in an hour of it; default 1200/h. All of them are sent: at most 100 a
                     second, with clocks at most 300 times as fast, so large numbers take longer
  --minutes N        real time for the traffic; default ten seconds for each phase and ten before
  --senders SHARES   of the mail that comes in: postfix=60,exim=20,qmail=10,spammer=10
  --keep             keep the temporary directory: configuration, spools, logs

With --lab nothing runs and nothing is sent: thousands of simulated senders bring mail to two simulated
hosts in simulated time. The hosts decide as the gateways do with this configuration (load.*,
limits.connections, pair.interval). The table compares this with simpler ways to share load. Each row
takes some seconds, and the result is the same for the same seed.

  --capacity IN,OUT  messages per second that each host can carry; default ${USUAL.capacity}
  --load LIST        mail from the internet as a multiple of the capacity of inbound; default ${USUAL.load}
  --submissions N    messages per second that the local server submits; default ${USUAL.submissions}
  --policies LIST    of pair, mx-only, round-robin, least-connections; all by default
  --senders SHARES   of postfix, exim, exchange, provider, qmail, one-mx, spammer
  --minutes N        simulated time in which mail is sent; default ${USUAL.minutes}
  --new              a pair that has not yet learnt how its senders behave; otherwise it has had a busy hour
  --seed N           the seed of the random choices; default ${USUAL.seed}

Examples:
  mailpair rehearse
  mailpair rehearse --lab --capacity 100,25 --load 0.8,1.2
  mailpair rehearse --phases inbound,local-server --senders postfix=1,qmail=1
  mailpair rehearse --hours 24 --rate 1000/h
  mailpair rehearse --json | jq '.rows[] | [.slot, .direction, .lost, .p99Ms]'

Exit: 0 nothing lost and nothing wrong, 1 something was, 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    if (args.options['lab'] === true)
      return (await loadProving(() => import('./lab.ts'))).runLabVerb(args, io);
    return (await loadProving(() => import('./run-rehearsal.ts'))).runRehearsal(args, io);
  },
};

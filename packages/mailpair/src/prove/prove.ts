/** `mailpair prove`: tests on the disk of this machine that no acknowledged message is lost. */
import { loadProving } from '../framework/load-proving.ts';
import { expectOperands, type Verb } from '../framework/verb.ts';

export const proveVerb: Verb = {
  usage: 'prove [--quick] [--only WORDS] [--hours N] [--seed TEXT] [--dir DIR] [--list]',
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    hours: { type: 'string' },
    seed: { type: 'string' },
    dir: { type: 'string' },
    list: { type: 'boolean' },
  },
  help: `
For each row of the table a gateway runs as a real process, with an empty spool on the disk of this
machine and servers on loopback around it. It receives mail, fails in the way of the row, and
is started again. Then every recipient that was acknowledged with 250 is compared octet by octet. Your
configuration, spools and servers are not touched; only the disk is used.

  acknowledged  recipients of messages that were answered 250
  arrived       those that the server behind the gateway has, unchanged
  bounced       those that the server refused later, with a notice to their senders
  lost          neither arrived nor bounced: there must be none
  duplicated    arrived more than once without an explanation: there must be none
  in flight     arrived more than once because of an interrupted transfer, which no mail server can
                avoid (RFC 5321, 4.5.4.1)

A row also fails if the gateway never reached the point of failure. A row that needs what this machine
lacks (usually root, sometimes strace) is not run, and not counted.

  --quick        each failure once, not several times
  --only WORDS   rows whose name contains one of these words: kill,outbound/disk
  --hours N      a soak test: random rows until this time has passed; 0.1 is six minutes
  --seed TEXT    repeats the random choices of an earlier run; the seed is always reported
  --dir DIR      the disk to test: a temporary folder is created in it. By default the directory around
                 the spool of the configuration
  --list         the rows, and what goes wrong in each

Examples:
  mailpair prove --quick
  mailpair prove --dir /var/spool --only outbound
  mailpair prove --hours 8 --json > proof.json

Exit: 0 nothing lost in any row, 1 something was or went wrong, 2 usage, or it could not run.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    return (await loadProving(() => import('./run-proof.ts'))).runProof(args, io);
  },
};

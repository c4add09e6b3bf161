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
machine and servers on loopback around it. It is given mail, made to fail in the way of the row, and
started again; then every recipient that was acknowledged with 250 is looked for, octet by octet. Of
your configuration, spools and servers nothing is touched: all that is used of it is the disk.

  acknowledged  recipients of messages that were answered 250
  arrived       those that the server behind the gateway has, unchanged
  bounced       those that it refused later, as it should: their senders were told
  lost          neither: there must be none
  duplicated    came more than once, and nothing explains it: there must be none
  in flight     came more than once because it was under way when something ended, which no mail
                server can avoid (RFC 5321, 4.5.4.1)

A row fails too when the point at which the gateway was to fail was never reached. One that this
machine has no means for (most of those want root, some strace) is not run, and not counted.

  --quick        each failure once, not several times
  --only WORDS   rows whose name has one of these words in it: kill,outbound/disk
  --hours N      a soak: rows are drawn by chance until so much time is over; 0.1 is six minutes
  --seed TEXT    the same choices as another time; what was used is always told
  --dir DIR      the disk to prove: a folder is made in it and removed. By default the directory around
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

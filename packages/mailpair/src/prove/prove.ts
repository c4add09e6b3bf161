/** `mailpair prove`: that nothing acknowledged is lost, on this machine's own disk. */
import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { programsHere } from '@mailpair/proving/loopback/programs';
import { prove } from '@mailpair/proving/prove/prove';
import { composeReport, formatFaults, formatReport } from '@mailpair/proving/prove/report';
import type { Row } from '@mailpair/proving/prove/row';
import { rowsNamed } from '@mailpair/proving/prove/rows';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import { interruptible } from '../framework/interruptible.ts';
import {
  expectOperands,
  textOption,
  UsageError,
  type Io,
  type Verb,
  type VerbArgs,
} from '../framework/verb.ts';

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
    const words =
      textOption(args, 'only')
        ?.split(',')
        .map((word) => word.trim()) ?? [];
    const rows = rowsNamed(words);
    if (rows.length === 0) throw new UsageError(`no row has ${words.join(' or ')} in its name; see --list`);
    if (args.options['list'] === true) {
      io.out(listOf(rows, args.json));
      return 0;
    }
    const forMs = soakMs(args);
    const seed = textOption(args, 'seed') ?? randomBytes(4).toString('hex');
    const directory = textOption(args, 'dir') ?? aroundSpool(args, io);
    const results = await interruptible((signal) =>
      prove({
        rows,
        directory,
        programs: programsHere(),
        isQuick: args.options['quick'] === true,
        seed,
        ...(forMs !== undefined && { forMs }),
        signal,
        tell: (line) => io.err(line),
      }),
    );
    const report = composeReport(results, seed);
    const faults = formatFaults(report);
    if (faults !== '') io.err(`\n${faults}\n`);
    io.out(args.json ? JSON.stringify(report, null, 2) : formatReport(report));
    return report.passed ? 0 : 1;
  },
};

const listOf = (rows: readonly Row[], asJson: boolean): string =>
  asJson
    ? JSON.stringify(
        rows.map(({ name, title }) => ({ name, title })),
        null,
        2,
      )
    : rows.map(({ name, title }) => `${name.padEnd(38)}  ${title}`).join('\n');

function soakMs(args: VerbArgs): number | undefined {
  const text = textOption(args, 'hours');
  if (text === undefined) return undefined;
  if (!(Number(text) > 0)) throw new UsageError(`--hours takes a number above 0, not ${text}`);
  return Number(text) * 3_600_000;
}

/** The directory around the spool that this host has. */
function aroundSpool({ config, sets }: VerbArgs, { env }: Io): string {
  const { settings } = readConfig({ file: config, env, sets });
  if (!settings)
    throw new Error(`which disk? ${config} cannot be read without faults; name a directory with --dir`);
  const spools = [settings.inbound.spool, settings.outbound.spool];
  const spool = spools.find((path) => existsSync(path)) ?? spools.find((path) => existsSync(dirname(path)));
  if (spool === undefined)
    throw new Error(`which disk? Neither ${spools.join(' nor ')} is here; name a directory with --dir`);
  return dirname(spool);
}

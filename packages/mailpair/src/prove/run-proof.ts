/** Runs `mailpair prove`. */
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
import { textOption, UsageError, type Io, type VerbArgs } from '../framework/verb.ts';

export async function runProof(args: VerbArgs, io: Io): Promise<number> {
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
}

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

/** The parent directory of the spool of this host. */
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

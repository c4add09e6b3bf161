/** Runs `mailpair rehearse` without --lab. */
import { findPrograms } from '@mailpair/proving/loopback/programs';
import { rehearse } from '@mailpair/proving/rehearse/rehearse';
import { composeReport, explainReport, formatFaults, formatReport } from '@mailpair/proving/rehearse/report';
import {
  faultNames,
  planScenario,
  usualShares,
  type FaultName,
  type Scenario,
  type Shares,
} from '@mailpair/proving/rehearse/scenario';
import { ConfigError } from '@mailpair/shared/config/read/load-settings';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import { interruptible } from '../framework/interruptible.ts';
import { namesOf, sharesOf } from '../framework/named-values.ts';
import { textOption, UsageError, type Io, type VerbArgs } from '../framework/verb.ts';

export async function runRehearsal(args: VerbArgs, io: Io): Promise<number> {
  const scenario = readScenario(args);
  const { settings, faults, effective } = readConfig({ file: args.config, env: io.env, sets: args.sets });
  if (!settings) throw new ConfigError(args.config, faults);
  const keep = args.options['keep'] === true;
  const rehearsal = await interruptible((signal) =>
    rehearse({
      settings,
      given: effective,
      programs: findPrograms(),
      scenario,
      keep,
      signal,
      tell: (line) => io.err(line),
    }),
  );
  const report = composeReport(rehearsal, scenario);
  tellAround(io, report, keep ? rehearsal.directory : undefined);
  io.out(args.json ? JSON.stringify(report, null, 2) : formatReport(report));
  return report.passed ? 0 : 1;
}

function tellAround(io: Io, report: Parameters<typeof explainReport>[0], kept: string | undefined): void {
  io.err(`\n${explainReport(report)}\n`);
  const faults = formatFaults(report);
  if (faults !== '') io.err(`${faults}\n`);
  if (kept !== undefined) io.err(`Kept: ${kept}\n`);
}

function readScenario(args: VerbArgs): Scenario {
  const [minutes, hours] = [amountOption(args, 'minutes'), amountOption(args, 'hours')];
  const ratePerHour = amountOption(args, 'rate', /^(\d+(?:\.\d+)?)(?:\/h)?$/);
  try {
    return planScenario({
      phases: phasesIn(textOption(args, 'phases')),
      shares: sharesIn(textOption(args, 'senders')),
      ...(minutes !== undefined && { minutes }),
      ...(hours !== undefined && { hours }),
      ...(ratePerHour !== undefined && { ratePerHour }),
    });
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

function amountOption(args: VerbArgs, name: string, form = /^(\d+(?:\.\d+)?)$/): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const amount = Number(form.exec(text.trim())?.[1]);
  if (amount > 0) return amount;
  throw new UsageError(
    `--${name} takes a number above 0${name === 'rate' ? ', as 1200/h' : ''}, not ${text}`,
  );
}

/** The faults in the order in which they are caused. */
export function phasesIn(text: string | undefined): readonly FaultName[] {
  const wanted = text === undefined ? faultNames : namesOf('phases', text, faultNames);
  return faultNames.filter((name) => wanted.includes(name));
}

export const sharesIn = (text: string | undefined): Shares =>
  text === undefined ? usualShares : sharesOf('senders', text, usualShares);

/** `mailpair rehearse`: the planned pair under faults, on loopback, before it is published. */
import { policyNames } from '@mailpair/proving/lab/policies';
import { kinds } from '@mailpair/proving/lab/population';
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
import { runLabVerb, USUAL } from './lab.ts';
import { expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

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
Before anything is published: both gateways run as real processes with this configuration moved to
loopback (free ports, temporary spools, a secret of its own; of the real addresses, files, servers and
resolvers nothing is touched). Mail comes from servers that behave like Postfix, Exim and qmail, and
from a spammer that prefers the second MX; the local servers send mail out. Then, one after the other,
inbound and outbound are killed, the local servers and the resolver stopped and the disk filled, and
each is mended.

The table says for each: what was lost, duplicated, bounced and refused, how long mail took (p50, p99),
and which host took what share. Everything in it was really sent. Needs Linux, and both gateways'
packages on this host; as root the disk is a real one that is filled, otherwise queue.minFree is raised.

  --phases LIST      of inbound, outbound, local-server, resolver, disk; all by default
  --hours N          simulated time that the traffic stands for; default 1
  --rate N/h         messages in an hour of it; default 1200/h. All of them are sent: at most 100 a
                     second, with clocks at most 300 times as fast, so large numbers take longer
  --minutes N        real time for the traffic; default ten seconds for each phase and ten before
  --senders SHARES   of the mail that comes in: postfix=60,exim=20,qmail=10,spammer=10
  --keep             keep the temporary directory: configuration, spools, logs

With --lab nothing runs and nothing is sent: thousands of simulated senders bring mail to two simulated
hosts in simulated time, for which the decisions are those of the gateways with this configuration
(load.*, limits.connections, pair.interval). The table compares them with ways to share load that know
less. It takes some seconds for each row, and comes out the same for the same seed.

  --capacity IN,OUT  messages per second that each host can carry; default ${USUAL.capacity}
  --load LIST        mail from the internet, in times of what inbound can carry; default ${USUAL.load}
  --submissions N    messages per second that the local server submits; default ${USUAL.submissions}
  --policies LIST    of ${policyNames.join(', ')}; all by default
  --senders SHARES   of ${kinds.join(', ')}
  --minutes N        simulated time in which mail is sent; default ${USUAL.minutes}
  --new              a pair that has not yet learnt what its senders do; otherwise it has had a busy hour
  --seed N           of the chance in it; default ${USUAL.seed}

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
    if (args.options['lab'] === true) return runLabVerb(args, io);
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
  },
};

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

/** In the order in which they are played. */
export function phasesIn(text: string | undefined): readonly FaultName[] {
  const wanted = text === undefined ? faultNames : namesOf('phases', text, faultNames);
  return faultNames.filter((name) => wanted.includes(name));
}

export const sharesIn = (text: string | undefined): Shares =>
  text === undefined ? usualShares : sharesOf('senders', text, usualShares);

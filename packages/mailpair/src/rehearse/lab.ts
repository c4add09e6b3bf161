/** `mailpair rehearse --lab`: compares balancing policies in simulated time. */
import { capacityOf, runLab, type Scenario } from '@mailpair/proving/lab/lab';
import { policyNames, type PolicyName } from '@mailpair/proving/lab/policies';
import { usualShares, type Shares } from '@mailpair/proving/lab/population';
import { formatLab, labLegend, type LabRow } from '@mailpair/proving/lab/report';
import { ConfigError } from '@mailpair/shared/config/read/load-settings';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import type { Settings } from '@mailpair/shared/config/settings';
import { namesOf, sharesOf } from '../framework/named-values.ts';
import { textOption, UsageError, type Io, type VerbArgs } from '../framework/verb.ts';
import { USUAL } from './usual.ts';

const SENDERS_PER_KIND = 300;
const EARLIER_MINUTES = 60;
/**
 * Inbound is simulated with one core. Outbound is simulated with a fraction or multiple of it, which follows
 * from both capacities.
 */
const CORES = 1;

export function runLabVerb(args: VerbArgs, io: Io): number {
  const { settings, faults } = readConfig({ file: args.config, env: io.env, sets: args.sets });
  if (!settings) throw new ConfigError(args.config, faults);
  const loads = numbers(args, 'load');
  const names = policiesIn(textOption(args, 'policies'));
  const scenario = readLabScenario(args, settings);
  const rows: LabRow[] = [];
  for (const load of loads)
    for (const name of names) {
      io.err(`load ${load}: ${name}`);
      const strangersPerSecond = load * capacityOf(scenario.inbound, scenario.messageMs);
      rows.push({ load, ...runLab(name, { ...scenario, strangersPerSecond }) });
    }
  io.err(`\n${labLegend}\n`);
  io.out(args.json ? JSON.stringify({ scenario, rows }, null, 2) : formatLab(rows));
  return rows.some(({ lost }) => lost > 0) ? 1 : 0;
}

function readLabScenario(args: VerbArgs, settings: Settings): Scenario {
  const [inbound = 0, outbound = inbound] = numbers(args, 'capacity');
  const [submissions = 0] = numbers(args, 'submissions');
  const [minutes = 0] = numbers(args, 'minutes');
  const [seed = 0] = numbers(args, 'seed');
  const { limits, load, pair } = settings;
  return {
    inbound: { cores: CORES, connections: settings.inbound.limits?.connections ?? limits.connections },
    outbound: {
      cores: (CORES * outbound) / inbound,
      connections: settings.outbound.limits?.connections ?? limits.connections,
    },
    messageMs: (CORES * 1000) / inbound,
    strangersPerSecond: inbound,
    submissionsPerSecond: submissions,
    minutes,
    earlierMinutes: args.options['new'] === true ? 0 : EARLIER_MINUTES,
    shares: sharesIn(textOption(args, 'senders')),
    sendersPerKind: SENDERS_PER_KIND,
    rules: load,
    submissionWaitMs: load.submissionWaitMs,
    heartbeatMs: pair.intervalMs,
    seed,
  };
}

/** @throws UsageError */
function numbers(args: VerbArgs, name: keyof typeof USUAL): readonly number[] {
  const text = textOption(args, name) ?? USUAL[name];
  const found = text.split(',').map(Number);
  if (found.every((each) => each > 0 && each < 1e6)) return found;
  throw new UsageError(`--${name} is like ${USUAL[name]}, not ${text}`);
}

function policiesIn(text: string | undefined): readonly PolicyName[] {
  return text === undefined ? policyNames : namesOf('policies', text, policyNames);
}

function sharesIn(text: string | undefined): Shares {
  return text === undefined ? usualShares : sharesOf('senders', text, usualShares, /^\d{1,6}$/);
}

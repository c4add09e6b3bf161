/** `mailpair capacity`: measures what this host can carry, and computes what an amount of mail needs. */
import { askDetails } from '@mailpair/shared/gateway/compose/ask-details';
import { hasSpool } from '@mailpair/shared/api/reach-gateway';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import type { Mail } from '@mailpair/shared/gateway/pair/capacity-needs';
import { MEASURED_FILE } from '@mailpair/shared/gateway/pair/measured';
import { parseMix, USUAL_MIX_TEXT } from '@mailpair/shared/gateway/pair/size-mix';
import { ConfigError } from '@mailpair/shared/config/read/load-settings';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import type { Settings } from '@mailpair/shared/config/settings';
import { composeCapacity, formatCapacity, type OtherHost } from './report.ts';
import { readStored } from './kept.ts';
import { loadProving } from '../framework/load-proving.ts';
import {
  expectOperands,
  textOption,
  UsageError,
  type Io,
  type Verb,
  type VerbArgs,
} from '../framework/verb.ts';

const USUAL_SECONDS = 60;
const LEAST_SECONDS = 4;
const USUAL_PEAK = 4;
const ASK_MS = 3_000;

export const capacityVerb: Verb = {
  usage:
    'capacity [--seconds N | --stored] [--messages-per-day N [--submissions-per-day N] [--peak F] [--sizes MIX]] [--other-per-second N]',
  options: {
    seconds: { type: 'string' },
    stored: { type: 'boolean' },
    'messages-per-day': { type: 'string' },
    'submissions-per-day': { type: 'string' },
    peak: { type: 'string' },
    sizes: { type: 'string' },
    'other-per-second': { type: 'string' },
  },
  help: `
Measures this host in about a minute, as inbound and as outbound: both gateways run as real processes
on loopback with the configured checks and temporary spools, and accept test mail at full speed.
Nothing leaves the host, and your spools and servers are not used. The result is the CPU time of the
gateways for each message they accepted, so other work on the host has little influence.

The result is kept as ${MEASURED_FILE} in the spool directories of this configuration that are on this host.
The gateways use it without a restart: the capacity that they learn stays between half and twice of it.

With --messages-per-day it reports what each role needs: workers, memory, and disk for one day without
the local servers; and how much of the peak each host can carry while the other one is down.
The other host is asked for its capacity, if its gateway is running and knows one.

  --seconds N               how long to measure; default ${USUAL_SECONDS}, at least ${LEAST_SECONDS}
  --stored                  do not measure; use what was measured before
  --messages-per-day N      mail from the internet
  --submissions-per-day N   mail of your users; default as much as from the internet
  --peak F                  the rate of the busiest seconds as a multiple of the average; default ${USUAL_PEAK}
  --sizes MIX               sizes of messages and their shares; default ${USUAL_MIX_TEXT}
  --other-per-second N      messages a second that the other host can take; without it that host is asked

Examples:
  mailpair capacity
  mailpair capacity --messages-per-day 500000 --peak 6
  mailpair capacity --stored --messages-per-day 20000 --sizes 10KB=9,1MB=1 --json

Exit: 0 done, 2 usage, or it could not measure.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const seconds = amountOption(args, 'seconds', LEAST_SECONDS) ?? USUAL_SECONDS;
    const mail = mailOf(args);
    const { settings, faults, effective } = readConfig({ file: args.config, env: io.env, sets: args.sets });
    if (!settings) throw new ConfigError(args.config, faults);
    const isStored = args.options['stored'] === true;
    if (isStored && args.options['seconds'] !== undefined)
      throw new UsageError('--stored does not measure: leave --seconds out');
    const measured = isStored
      ? readStored(settings)
      : await (
          await loadProving(() => import('./measure.ts'))
        ).measure({ settings, given: effective, seconds }, io);
    const other = mail && (await otherHost(args, settings, io));
    const report = composeCapacity({ measured, settings, ...(mail && { mail }), ...(other && { other }) });
    io.out(args.json ? JSON.stringify(report, null, 2) : formatCapacity(report));
    return 0;
  },
};

function mailOf(args: VerbArgs): Mail | undefined {
  const messagesPerDay = amountOption(args, 'messages-per-day');
  const submissionsPerDay = amountOption(args, 'submissions-per-day');
  const peak = amountOption(args, 'peak', 1) ?? USUAL_PEAK;
  const mix = mixOption(args);
  if (messagesPerDay === undefined) {
    const needing = ['submissions-per-day', 'peak', 'sizes', 'other-per-second'].find(
      (name) => args.options[name] !== undefined,
    );
    if (needing !== undefined) throw new UsageError(`--${needing} goes with --messages-per-day`);
    return undefined;
  }
  return { messagesPerDay, submissionsPerDay: submissionsPerDay ?? messagesPerDay, peak, mix };
}

function mixOption(args: VerbArgs): Mail['mix'] {
  try {
    return parseMix(textOption(args, 'sizes') ?? USUAL_MIX_TEXT);
  } catch (error) {
    throw new UsageError(`--sizes: ${(error as Error).message}`);
  }
}

function amountOption(args: VerbArgs, name: string, least?: number): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const amount = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (least === undefined ? amount > 0 : amount >= least) return amount;
  throw new UsageError(
    `--${name} takes a number ${least === undefined ? 'above 0' : `of ${least} or more`}, not ${text}`,
  );
}

/** The capacity of the host of the other role; undefined if it is unknown which role this host has. */
async function otherHost(args: VerbArgs, settings: Settings, io: Io): Promise<OtherHost | undefined> {
  const here = roleNames.filter((role) => hasSpool(role, settings));
  const other: RoleName = here[0] === 'outbound' ? 'inbound' : 'outbound';
  const said = amountOption(args, 'other-per-second');
  if (said !== undefined) return { role: other, messagesPerSecond: said };
  if (here.length !== 1) return undefined;
  let messagesPerSecond = 0;
  for (const node of settings[other].nodes)
    try {
      const details = (await askDetails(other, node, settings, ASK_MS)) as { messagesPerSecond?: unknown };
      messagesPerSecond += Number(details.messagesPerSecond ?? 0);
    } catch (error) {
      io.err(`${other} ${node.host} was not asked: ${(error as Error).message}`);
    }
  return messagesPerSecond > 0 ? { role: other, messagesPerSecond } : undefined;
}

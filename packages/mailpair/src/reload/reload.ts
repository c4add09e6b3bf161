/**
 * `mailpair reload`: makes the running gateways of this host apply the changed configuration, and reports the
 * result.
 */
import { reachRunning, type Answer, type ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';
import { formatFault } from '@mailpair/shared/config/schema/findings';
import type { Settings } from '@mailpair/shared/config/settings';
import { visible } from '@mailpair/shared/platform/values/printable';
import { roleHelp, roleOption } from '../queue/access.ts';
import { rolesHere } from '../framework/host-access.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

type ReloadAnswer = Answer<'configuration', 'reload'>['workers'][number];
type Applied = Extract<ReloadAnswer, { kind: 'applied' }>;
type Refused = Extract<ReloadAnswer, { kind: 'refused' }>;
type KeyChange = Applied['applied'][number];

/** `stopped`: no gateway responds. `not-asked`: the state of the gateway is unknown. */
type Report = { readonly role: RoleName; readonly host: string } & (
  | (Omit<Applied, 'kind'> & { readonly state: 'applied' | 'restart-needed' })
  | (Omit<Refused, 'kind'> & { readonly state: 'refused' })
  | { readonly state: 'stopped' | 'not-asked'; readonly reason: string }
);

export const reloadVerb: Verb = {
  usage: 'reload [--role inbound|outbound]',
  options: roleOption,
  help: `
Every worker of the gateway reads the configuration, users, recipients, passwords, certificates and keys again, as
for SIGHUP; no session ends. Each key that changed is reported with its old and its new value. Some keys need a
restart; docs/configuration.md lists them. A file with a fault is refused as a whole: every fault is reported with
its path and its fix, and the gateway keeps its previous configuration. It reads the file, the environment and the
options with which it was started: --config and --set of this command only define how to reach the gateways.

${roleHelp}

Examples:
  mailpair reload
  mailpair reload --role outbound
  mailpair reload --json | jq -r '.gateways[] | .role + " " + .state'

Exit: 0 applied by every gateway of this host; 1 one refused it, is stopped or needs a restart; 2 usage or fault,
also when a gateway could not be asked.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const quiet = { ...io, err: () => undefined }; // the gateways report faults of the file
    const { roles, settings } = rolesHere(args, quiet);
    const gateways = await Promise.all(roles.map((role) => reportOn(role, settings)));
    io.out(args.json ? JSON.stringify({ gateways }, null, 2) : gateways.map(describe).join('\n'));
    return Math.max(...gateways.map(exitCode));
  },
};

async function reportOn(role: RoleName, settings: Settings): Promise<Report> {
  const { host } = settings[role];
  if (!settings[role].http) {
    const reason = `it cannot be asked while ${role}.http is none: send it SIGHUP, and look into its log`;
    return { role, host, state: 'not-asked', reason };
  }
  try {
    const running = await reachRunning(role, settings);
    if (running) return { role, host, ...(await reload(running)) };
    const reason =
      `nothing answers at ${role}.http. It reads the file when it starts; if it runs, ${role}.http was changed, ` +
      'which needs a restart';
    return { role, host, state: 'stopped', reason };
  } catch (error) {
    return { role, host, state: 'not-asked', reason: (error as Error).message };
  }
}

/**
 * All workers read the same file. The reported result is that of a worker that refused, otherwise that of the
 * worker with the most keys that need a restart.
 */
async function reload({ configuration }: ReachedGateway) {
  const { workers } = await configuration.reload();
  const refused = workers.find((each) => each.kind === 'refused');
  if (refused) return { state: 'refused' as const, reason: refused.reason, faults: refused.faults };
  const [{ applied, restart } = { applied: [], restart: [] }] = workers
    .filter((each) => each.kind === 'applied')
    .toSorted((a, b) => b.restart.length - a.restart.length);
  return { state: restart.length > 0 ? ('restart-needed' as const) : ('applied' as const), applied, restart };
}

const exitCodes = { applied: 0, 'restart-needed': 1, refused: 1, stopped: 1, 'not-asked': 2 } as const;

const exitCode = ({ state }: Report): number => exitCodes[state];

function describe(report: Report): string {
  const lines = [`${report.role} ${report.host}: ${summaryOf(report)}`];
  if ('applied' in report) {
    lines.push(...report.applied.map(changeLine));
    if (report.restart.length > 0) lines.push('  not before a restart:', ...report.restart.map(changeLine));
  }
  return lines.map(visible).join('\n') + (report.state === 'refused' ? `\n${faultsOf(report)}` : '');
}

function summaryOf(report: Report): string {
  switch (report.state) {
    case 'applied':
    case 'restart-needed':
      return report.applied.length > 0 ? 'applied' : 'no key to apply; files that keys name were read again';
    case 'refused':
      return 'REFUSED, and it goes on with the configuration that it had';
    case 'stopped':
      return `STOPPED: ${report.reason}`;
    case 'not-asked':
      return `NOT ASKED: ${report.reason}`;
  }
}

const changeLine = ({ key, from, to }: KeyChange): string => `  ${key}: ${from} -> ${to}`;

const faultsOf = ({ faults, reason }: Omit<Refused, 'kind'>): string =>
  faults.length > 0 ? faults.map(formatFault).join('\n') : reason;

/**
 * `mailpair status`: shows the state of the gateways of the pair, as far as they are reachable from this
 * host.
 */
import {
  hasSpool,
  isAlive,
  reachHere,
  type Here,
  type ReachedGateway,
} from '@mailpair/shared/api/reach-gateway';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { reachPair } from '@mailpair/shared/api/reach-pair';
import type { Settings } from '@mailpair/shared/config/settings';
import { describeDrains, type DrainedGateway } from '../drain/text.ts';
import { pairHelp, pairRoleHelp } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { reachableForSpools } from '../framework/spool-access.ts';
import { faultsOf, isWell } from './faults.ts';
import type { Report } from './report.ts';
import { describeFaults } from './summary.ts';
import { describeGateway } from './text.ts';
import { terminalWidth } from '../framework/table.ts';
import { choiceOption, expectOperands } from '../framework/verb.ts';
import type { Io, Verb } from '../framework/verb.ts';

export const status: Verb = {
  usage: 'status [--role inbound|outbound]',
  options: roleOption,
  help: `
A gateway that is drained is named first ("mailpair drain"); that is no fault.

The next line reports that all is well, or the number of faults, the worst of them and how to fix it. The
other faults follow, worst first, then notices, which are not faults.

A fault is: a gateway that is stopped or cannot be reached; a local server that is down or refuses this
gateway; DNS that does not answer; a disk of the spool that is full or nearly so; damaged messages set aside; a
certificate that has expired; a port that is closed because of the load; a partner that is dead, or whose
configuration differs; a submitter whose mail is held; an engine that is down. A notice is: a certificate that
expires soon; a DNS list that is not queried; mail that is not judged; sign-ins that are refused; clients that are
sent to the other MX; a partner that has not sent a heartbeat yet. A remote gateway that responds but does not
report its status is not a fault.

Of each gateway it then shows load and sessions, the queue by next hop, the local servers, what it knows of its
partners (state, load, and the keys of the configuration that differ), which checks are on, the engines it
asks about messages, the DNS lists that are not queried because they are wrong or do not respond, submitters whose
mail is held, how many sign-ins failed within an hour, and whose sign-ins are refused for that. For a stopped
gateway of this host it shows the queue on disk.

The state of a local server is that of the last attempt that the gateway made; the gateway makes no separate
tests. With several workers it is the last attempt of all of them.

With --json: {"ok", "faults": [{"severity": "critical"|"error"|"notice", "role", "host", "text", "fix"}],
"gateways": […]}; ok is false when a fault is critical or an error.
${pairHelp}

${pairRoleHelp}

Examples:
  mailpair status
  mailpair status --json | jq -r '.faults[] | .severity + ": " + .text'
  mailpair status --json | jq '.gateways[] | .role + " " + .state'

Exit: 0 all is well, 1 something is wrong, 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const asked = choiceOption(args, 'role', roleNames);
    const settings = reachableForSpools(args, io, asked);
    const gateways: Report[] = [];
    for (const role of asked ? [asked] : roleNames) gateways.push(...(await reportsOn(role, settings, io)));
    const now = Date.now();
    const faults = faultsOf(gateways, now);
    const ok = isWell(faults);
    if (args.json) io.out(JSON.stringify({ ok, faults, gateways }, null, 2));
    else {
      const width = terminalWidth(io);
      const described = gateways.map((report) => describeGateway(report, now, width));
      const drains = describeDrains(gateways.flatMap(asDrained), now);
      const first = [...drains, describeFaults(faults)].join('\n');
      io.out([first, ...described].join('\n\n'));
    }
    return ok ? 0 : 1;
  },
};

const asDrained = ({ role, host, status }: Report): DrainedGateway[] =>
  status ? [{ role, host, status }] : [];

/** The report of the gateway whose spool is on this host, otherwise of each node of the role. */
async function reportsOn(role: RoleName, settings: Settings, io: Io): Promise<Report[]> {
  const onDamage: Here['onDamage'] = ({ id, fault }) => io.err(`${role}: ${id} set aside: ${fault}`);
  const way = { needs: 'queue', onDamage } as const;
  if (hasSpool(role, settings)) return [await reportOf(await reachHere(role, settings, way))];
  const reached = await reachPair([role], settings, () => way);
  const alive = reached.length === 1 && (await isAlive(role, settings));
  return Promise.all(
    reached.map(async (each): Promise<Report> =>
      each.kind === 'asked'
        ? reportOf(each.gateway)
        : { role, host: each.node, state: alive ? 'alive' : 'unreachable', reason: each.reason },
    ),
  );
}

async function reportOf(gateway: ReachedGateway): Promise<Report> {
  const { role, host } = gateway;
  try {
    const status = await gateway.status.show();
    const { nextHops } = await gateway.status.nextHops();
    return { role, host, state: status.running ? 'running' : 'stopped', status, nextHops };
  } finally {
    await gateway.close();
  }
}

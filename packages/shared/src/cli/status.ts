/** `mailpair status`: how the gateways of the pair are, as far as they can be reached from here. */
import { createGatewayClient } from '../control/gateway-client.ts';
import type { CertificateState, GatewayStatus, QueueControl } from '../control/queue-control.ts';
import type { NextHopTotals } from '../control/queue-totals.ts';
import { hasSpool, isAlive, openQueueControl, roleNames, type RoleName } from '../control/reach-gateway.ts';
import { reachPair } from '../control/reach-pair.ts';
import type { ListState } from '../facts/dns-lists/watched-list.ts';
import type { EngineState } from '../facts/engines/engine-servers.ts';
import type { Door } from '../pair/admission.ts';
import type { Load } from '../pair/load.ts';
import type { Damage } from '../queue/spool.ts';
import { standingOf, type Standing } from '../system/certificate-validity.ts';
import type { Settings } from '../system/settings.ts';
import { formatAge } from '../values/age.ts';
import type { JudgingState } from '../values/judging-state.ts';
import { visible } from '../values/printable.ts';
import { formatReply } from '../values/reply.ts';
import { describePartner } from './status-partner.ts';
import { describeSignIns } from './status-sign-ins.ts';
import { pairHelp, pairRoleHelp } from './pair-access.ts';
import { roleOption } from './queue-access.ts';
import { reachableForSpools } from './spool-access.ts';
import { formatSize, Table, terminalWidth } from './table.ts';
import { choiceOption, expectOperands } from './verb.ts';
import type { Io, Verb } from './verb.ts';

/**
 * - `running`: asked, and all is known
 * - `alive`: it answers, but not who asks from this host
 * - `stopped`: the queue was read from its spool
 * - `unreachable`: no spool on this host, and no answer
 */
type State = 'running' | 'alive' | 'stopped' | 'unreachable';

interface Report {
  readonly role: RoleName;
  readonly host: string;
  readonly state: State;
  /** Absent unless running or stopped. */
  readonly status?: GatewayStatus;
  readonly nextHops?: readonly NextHopTotals[];
  /** Why a gateway elsewhere could not be asked. */
  readonly reason?: string;
}

export const status: Verb = {
  name: 'status',
  summary: 'show both gateways: alive, load, sessions, queue by next hop, local servers, partners',
  usage: 'status [--role inbound|outbound]',
  options: roleOption,
  help: `
Of each gateway it shows load and sessions, the queue by next hop, the health of the local servers, what it
knows of its partners (state, load, and the keys of the configuration that differ), which checks are on, the
engines it asks about messages, the lists in DNS that are not asked because they lie or are silent,
submitters whose mail is held, how many sign-ins failed within an hour, and whose sign-ins are refused for that.
Of one of this host that is stopped it shows the queue on disk.
${pairHelp}

${pairRoleHelp}

Examples:
  mailpair status
  mailpair status --json | jq '.gateways[] | .role + " " + .state'

Exit: 0 every gateway of this host runs, or one answers elsewhere; 1 not so; 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const asked = choiceOption(args, 'role', roleNames);
    const settings = reachableForSpools(args, io, asked);
    const gateways: Report[] = [];
    for (const role of asked ? [asked] : roleNames) gateways.push(...(await reportsOn(role, settings, io)));
    io.out(
      args.json
        ? JSON.stringify({ gateways }, null, 2)
        : gateways.map((report) => describe(report, Date.now(), terminalWidth(io))).join('\n\n'),
    );
    const states = gateways.map(({ state }) => state);
    const up = states.includes('running') || states.includes('alive');
    return up && !states.includes('stopped') ? 0 : 1;
  },
};

/** Of the gateway whose spool is here, else of each node of the role. */
async function reportsOn(role: RoleName, settings: Settings, io: Io): Promise<Report[]> {
  const onDamage = ({ id, fault }: Damage): void => io.err(`${role}: ${id} set aside: ${fault}`);
  if (hasSpool(role, settings))
    return [await reportOf(role, settings[role].host, await openQueueControl(role, settings, onDamage))];
  const reached = await reachPair([role], settings, {
    here: (of) => openQueueControl(of, settings, onDamage),
    there: createGatewayClient,
  });
  const alive = reached.length === 1 && (await isAlive(role, settings));
  return Promise.all(
    reached.map(async (each): Promise<Report> =>
      each.kind === 'asked'
        ? reportOf(role, each.node, each.control)
        : { role, host: each.node, state: alive ? 'alive' : 'unreachable', reason: each.reason },
    ),
  );
}

async function reportOf(role: RoleName, host: string, queue: QueueControl): Promise<Report> {
  try {
    const found = await queue.status();
    const state = found.running ? 'running' : 'stopped';
    return { role, host, state, status: found, nextHops: await queue.nextHops() };
  } finally {
    await queue.close();
  }
}

const MOST_HELD = 5;

const stateText: Record<State, string> = {
  running: 'running',
  alive: 'answers, and no more than that',
  stopped: 'STOPPED; this is the queue on disk',
  unreachable: 'cannot be reached from this host',
};

function describe(
  { role, host, state, status: found, nextHops = [], reason }: Report,
  now: number,
  width?: number,
): string {
  const lines = [`${role} ${host}: ${stateText[state]}${reason === undefined ? '' : ` (${reason})`}`];
  if (!found) return lines.map(visible).join('\n');
  const { entries, active, damaged } = found.queue;
  const workers = found.workers === undefined ? '' : `, workers ${found.workers}`;
  if (found.running) lines.push(`  sessions ${found.sessions}, attempts under way ${active}${workers}`);
  if (found.load) lines.push(`  ${loadText(found.load, found.door)}`);
  lines.push(`  queue: ${entries === 1 ? '1 message' : `${entries} messages`}`);
  for (const { name, held } of found.submittersHeld.slice(0, MOST_HELD))
    lines.push(`  SUBMITTER ${name} IS HELD: ${held?.reason ?? ''} ("mailpair submitter show ${name}")`);
  if (found.submittersHeld.length > MOST_HELD)
    lines.push(`  SUBMITTERS HELD: ${found.submittersHeld.length} in all ("mailpair submitter list")`);
  lines.push(...describeSignIns(found.signIns));
  const { quarantine } = found;
  if (quarantine && quarantine.messages > 0)
    lines.push(
      `  quarantine: ${quarantine.messages === 1 ? '1 message' : `${quarantine.messages} messages`}, ${formatSize(quarantine.sizeBytes)}`,
    );
  if (damaged > 0)
    lines.push(
      `  DAMAGED messages and files set aside: ${damaged} (spool.damaged in the log; see damaged/ in the spool)`,
    );
  for (const {
    host: server,
    port,
    status: health,
    failures,
    lastFault,
    probeAt,
    ...more
  } of found.localServers)
    lines.push(
      `  local server ${server}:${port}: ${health}` +
        (more.latencyMs === undefined ? '' : `, takes ${more.latencyMs} ms`) +
        (more.asideUntil === undefined
          ? ''
          : `, set aside for ${formatAge(more.asideUntil - now)} because the others do far better`) +
        (failures > 0
          ? `, failures in a row ${failures}${lastFault === undefined ? '' : ` (${lastFault})`}`
          : '') +
        (probeAt !== undefined && probeAt > now ? `, tried again in ${formatAge(probeAt - now)}` : ''),
    );
  if (found.certificate) lines.push(...certificateLines(found.certificate, now).map((line) => `  ${line}`));
  lines.push(
    ...found.partners.flatMap((partner) => describePartner(partner, now)).map((line) => `  ${line}`),
  );
  if (found.judging) lines.push(`  ${judgingText(found.judging)}`);
  lines.push(
    ...found.lists.filter(({ standing }) => standing !== 'sound').map((list) => `  ${listText(list, now)}`),
  );
  lines.push(...found.engines.map((engine) => `  ${engineText(engine, now)}`));
  if (nextHops.length > 0) lines.push(...tableOf(nextHops, now, width).map((line) => `  ${line}`));
  return lines.map(visible).join('\n');
}

function certificateLines({ file, ...validity }: CertificateState, now: number): string[] {
  const { validFrom, validUntil } = validity;
  const text: Readonly<Record<Standing, string | null>> = {
    valid: null,
    'ends soon': `expires in ${formatAge(validUntil - now)}: renew it and send SIGHUP`,
    expired: `HAS EXPIRED ${formatAge(now - validUntil)} ago: renew it and send SIGHUP`,
    'not yet valid': `IS VALID ONLY IN ${formatAge(validFrom - now)}: check the clock of its host`,
  };
  const line = text[standingOf(validity, now)];
  return line === null ? [] : [`certificate ${file} ${line}`];
}

const listStanding: Record<ListState['standing'], string> = {
  untested: 'not yet asked',
  sound: 'asked',
  silent: 'SILENT, not asked',
  off: 'SWITCHED OFF',
};

const listText = ({ name, standing, reason, testDueAt }: ListState, now: number): string =>
  `DNS list ${name}: ${listStanding[standing]}: ${reason}` +
  (testDueAt > now ? `; tested again in ${formatAge(testDueAt - now)}` : '');

const modeText: Record<JudgingState['mode'], string> = {
  enforce: 'mail is judged by',
  observe: 'mail is judged and nothing follows from it (judge.mode: observe), by',
  off: 'MAIL IS NOT JUDGED (judge.mode: off) but by',
};

/** Those for mail of submitters alone, or of both, say so. */
const judgingText = ({ mode, checks }: JudgingState): string => {
  const named = checks.map(({ name, roles }) =>
    roles.includes('submission') ? `${name} (${roles.join(', ')})` : name,
  );
  return `${modeText[mode]} ${named.join(', ')}`;
};

const engineText = ({ engine, server, standing, reason, since, active }: EngineState, now: number): string =>
  `${engine} at ${server}: ` +
  (standing === 'up'
    ? `up, messages being looked at ${active}`
    : `DOWN for ${formatAge(now - since)}, not asked: ${reason}`);

const doorText: Record<Door, string> = {
  open: '',
  shedding: '; STRANGERS ARE SENT TO THE OTHER MX',
  shut: '; THE PORT FOR MAIL FROM THE INTERNET IS CLOSED, the other MX has room',
};

/** `load 0.82: sessions 0.82, eventLoop 0.31` */
function loadText({ value, parts }: Load, door: Door | null): string {
  const shown = Object.entries(parts)
    .filter(([, part]) => part >= 0.01)
    .sort(([, a], [, b]) => b - a)
    .map(([name, part]) => `${name} ${part.toFixed(2)}`);
  return `load ${value.toFixed(2)}${shown.length > 0 ? `: ${shown.join(', ')}` : ''}${doorText[door ?? 'open']}`;
}

function tableOf(nextHops: readonly NextHopTotals[], now: number, width: number | undefined): string[] {
  const heads = ['NEXT HOP', 'MESSAGES', 'SIZE', 'HELD', 'OLDEST', 'OLDEST ID', 'NEXT', 'RESTS'];
  const table = new Table(heads, width === undefined ? undefined : width - 2);
  return table.format(
    nextHops.map(({ nextHop, entries, sizeBytes, held, oldest, dueAt, rest }) => [
      nextHop,
      String(entries),
      formatSize(sizeBytes),
      String(held),
      formatAge(now - oldest.receivedAt),
      oldest.id,
      dueAt === null ? 'held' : dueAt <= now ? 'now' : formatAge(dueAt - now),
      rest ? `${formatAge(rest.until - now)}: ${formatReply(rest.reply)}` : '-',
    ]),
  );
}

/** Texts of `mailpair status` about one gateway. Pure. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { visible } from '@mailpair/shared/platform/values/printable';
import { formatReply } from '@mailpair/shared/platform/values/reply';
import { troubleWithCertificate } from './certificate.ts';
import { describePartner } from './partner.ts';
import type { Report, State } from './report.ts';
import { dnsTrouble, localServerText } from './servers.ts';
import { describeSignIns } from './sign-ins.ts';
import { formatSize, Table } from '../framework/table.ts';

type GatewayStatus = Answer<'status', 'show'>;
type NextHopTotals = Answer<'status', 'nextHops'>['nextHops'][number];
type ListState = GatewayStatus['lists'][number];
type EngineState = GatewayStatus['engines'][number];
type Door = NonNullable<GatewayStatus['door']>;
type Load = NonNullable<GatewayStatus['load']>;
type JudgingState = NonNullable<GatewayStatus['judging']>;

const MOST_HELD = 5;

const stateText: Record<State, string> = {
  running: 'running',
  alive: 'answers, and no more than that',
  stopped: 'STOPPED; this is the queue on disk',
  unreachable: 'cannot be reached from this host',
};

export function describeGateway(
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
  lines.push(...found.localServers.map((server) => `  ${localServerText(server, now)}`));
  const dns = found.dns && dnsTrouble(found.dns, now);
  if (dns !== undefined) lines.push(`  DNS: ${dns}`);
  const certificate = found.certificate && troubleWithCertificate(found.certificate, now);
  if (certificate) lines.push(`  ${certificate.text}: ${certificate.fix}`);
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

/** Checks that apply to mail of submitters, or to both kinds of mail, are marked. */
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

/** For example `load 0.82: sessions 0.82, eventLoop 0.31`. */
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

/** The rules for the first line of `mailpair status`: what is wrong with the gateways, and the fix. Pure. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { troubleWithCertificate } from './certificate.ts';
import { partnerTroubles } from './partner.ts';
import type { Fault, Report, Severity, Trouble } from './report.ts';
import { dnsTrouble, troubleWith } from './servers.ts';
import { formatSize } from '../framework/table.ts';

type GatewayStatus = Answer<'status', 'show'>;
type DiskState = NonNullable<GatewayStatus['disk']>;

const severities: readonly Severity[] = ['critical', 'error', 'notice'];

/** Sorted by severity, worst first, then in the order of the reports and rules. */
export function faultsOf(reports: readonly Report[], now: number): Fault[] {
  const all = reports.flatMap((report) =>
    troublesOf(report, now).map((trouble) => ({ ...trouble, role: report.role, host: report.host })),
  );
  return severities.flatMap((severity) => all.filter((fault) => fault.severity === severity));
}

/** Whether there are no faults other than notices. */
export const isWell = (faults: readonly Fault[]): boolean =>
  faults.every(({ severity }) => severity === 'notice');

function troublesOf({ role, state, reason, status }: Report, now: number): Trouble[] {
  const found: Trouble[] = [];
  if (state === 'stopped')
    found.push(critical('the gateway is stopped', `start it: systemctl start mailpair-${role}`));
  if (state === 'unreachable')
    found.push(
      critical(
        `the gateway cannot be reached${reason === undefined ? '' : ` (${reason})`}`,
        `start it on its host, or let this host ask it (pair.secretFile, ${role}.http, ${role}.url)`,
      ),
    );
  if (status) for (const rule of rules) found.push(...rule(status, now));
  return found;
}

type Rule = (status: GatewayStatus, now: number) => readonly Trouble[];

const rules: readonly Rule[] = [
  localServerTroubles,
  ({ dns }, now) => {
    const text = dns && dnsTrouble(dns, now);
    return text === undefined ? [] : [critical(`DNS: ${text}`, 'start these servers, or set dns.servers')];
  },
  ({ disk }) => (disk ? diskTroubles(disk) : []),
  ({ queue: { damaged } }) =>
    damaged > 0
      ? [
          error(
            `${damaged} damaged messages or files are set aside`,
            'look for spool.damaged in the log, ask the senders to send again, check the disk, then delete damaged/ in the spool',
          ),
        ]
      : [],
  ({ certificate }, now) => {
    const trouble = certificate && troubleWithCertificate(certificate, now);
    return trouble ? [trouble] : [];
  },
  ({ door }) =>
    door === 'shut'
      ? [error('the port for mail from the internet is closed, because the load is too high', LOAD_FIX)]
      : door === 'shedding'
        ? [notice('strangers are sent to the other MX, because the load is high', LOAD_FIX)]
        : [],
  ({ partners }) => partners.flatMap(partnerTroubles),
  ({ submittersHeld }) =>
    submittersHeld.map(({ name, held }) =>
      error(
        `the mail of submitter ${name} is held: ${held?.reason ?? ''}`,
        `"mailpair submitter show ${name}", then "mailpair submitter release" or "purge"`,
      ),
    ),
  ({ engines }, now) =>
    engines
      .filter(({ standing }) => standing === 'down')
      .map(({ engine, server, reason, since }) =>
        error(
          `${engine} at ${server} is down for ${formatAge(now - since)}: ${reason ?? ''}`,
          `start ${engine} there`,
        ),
      ),
  ({ lists }) =>
    lists
      .filter(({ standing }) => standing === 'off' || standing === 'silent')
      .map(({ name, standing, reason }) =>
        notice(
          `DNS list ${name} is ${standing === 'off' ? 'switched off' : 'silent'}: ${reason ?? ''}`,
          'it is tested again; if this continues, remove it from lists',
        ),
      ),
  ({ judging }) =>
    judging?.mode === 'off'
      ? [notice('mail is not judged', 'set judge.mode to enforce, or to observe at first')]
      : [],
  ({ signIns }) =>
    signIns && signIns.refused.length > 0
      ? [notice('sign-ins are refused after wrong passwords', 'nothing, if no user of yours is among them')]
      : [],
];

const LOAD_FIX = 'see which part of the load is high ("Load" in docs/operations.md)';

/** The fault is critical if no local server is available, because then incoming mail stops. */
function localServerTroubles({ localServers }: GatewayStatus): Trouble[] {
  const faulty = localServers.filter((server) => troubleWith(server) !== undefined);
  const report = faulty.length === localServers.length ? critical : error;
  return faulty.map((server) => {
    const { host, port, refusal } = server;
    const fix = refusal
      ? 'add this gateway to the clients whose mail the server takes, see "mailpair local-servers check"'
      : 'start the server, or correct localServers';
    return report(`local server ${host}:${port} ${troubleWith(server)}`, fix);
  });
}

function diskTroubles({ freeBytes, minFreeBytes }: DiskState): Trouble[] {
  const fix = 'make room on the disk of the spool, or move the spool';
  const free = `${formatSize(freeBytes)} free on the disk of the spool, ${formatSize(minFreeBytes)} are kept free`;
  if (freeBytes < minFreeBytes) return [critical(`the disk is full: ${free}`, fix)];
  return freeBytes < 2 * minFreeBytes ? [error(`the disk is nearly full: ${free}`, fix)] : [];
}

const critical = (text: string, fix: string): Trouble => ({ severity: 'critical', text, fix });
const error = (text: string, fix: string): Trouble => ({ severity: 'error', text, fix });
const notice = (text: string, fix: string): Trouble => ({ severity: 'notice', text, fix });

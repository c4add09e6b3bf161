/** Texts of `mailpair status` about the servers that a gateway needs: the local servers and DNS. Pure. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { formatReply } from '@mailpair/shared/platform/values/reply';

type GatewayStatus = Answer<'status', 'show'>;
type LocalServerState = GatewayStatus['localServers'][number];
type DnsState = NonNullable<GatewayStatus['dns']>;
type ServerFault = DnsState['faults'][number];

/** The fault of a local server; undefined if none is known. */
export function troubleWith(server: LocalServerState): string | undefined {
  const { status, failures, lastFault, refusal } = server;
  if (refusal) return `REFUSES this gateway: ${formatReply(refusal.reply)}`;
  const fault = lastFault === undefined ? '' : ` (${lastFault})`;
  if (isDown(server)) return `IS DOWN, failures in a row ${failures}${fault}`;
  return status === 'up' && failures > 0
    ? `DOES NOT ANSWER, failures in a row ${failures}${fault}`
    : undefined;
}

const isDown = ({ status }: LocalServerState): boolean => status === 'down' || status === 'probing';

export function localServerText(server: LocalServerState, now: number): string {
  const { host, port, status, latencyMs, answeredAt, asideUntil, probeAt } = server;
  const trouble = troubleWith(server);
  const facts = [
    trouble ?? (status === 'untried' ? 'not tried yet' : status),
    ...(!trouble && latencyMs !== undefined ? [`takes ${latencyMs} ms`] : []),
    ...(answeredAt === undefined ? [] : [`answered ${formatAge(now - answeredAt)} ago`]),
    ...(asideUntil === undefined
      ? []
      : [`set aside for ${formatAge(asideUntil - now)} because the others do far better`]),
    ...(probeAt !== undefined && probeAt > now ? [`tried again in ${formatAge(probeAt - now)}`] : []),
  ];
  return `local server ${host}:${port}: ${facts.join(', ')}`;
}

/** @returns undefined unless DNS does not respond */
export function dnsTrouble({ standing, silentSince, faults }: DnsState, now: number): string | undefined {
  if (standing !== 'silent') return undefined;
  const since = silentSince === undefined ? '' : ` for ${formatAge(now - silentSince)}`;
  return `no server answers${since} (${faults.map(faultText).join(', ')})`;
}

const REASONS: Readonly<Record<string, string>> = {
  ETIMEOUT: 'timeout',
  ESERVFAIL: 'SERVFAIL',
  EREFUSED: 'REFUSED',
  ECONNREFUSED: 'connection refused',
};

const faultText = ({ server, reason }: ServerFault): string => `${server}: ${REASONS[reason] ?? reason}`;

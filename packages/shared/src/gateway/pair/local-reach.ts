/**
 * Which local servers answer which gateway of the pair. Pure.
 *
 * Both gateways deliver to the same local servers. A server that is down is down for both in most cases, and then it helps nobody to
 * send clients to the partner. So a gateway does that only while no local server answers it, and one of them answered a partner after
 * it failed here last.
 */
import { hasRoom, type Partner } from './admission.ts';
import { ALL_DOWN } from './load.ts';

/** One local server, as this gateway knows it. */
export interface Reach {
  readonly host: string;
  readonly port: number;
  readonly status: 'untried' | 'up' | 'aside' | 'down' | 'probing';
  /** When it answered last, and when an attempt failed last, ms since the epoch. */
  readonly answeredAt?: number;
  readonly failedAt?: number;
  /** It refuses this gateway. */
  readonly refusal?: unknown;
}

/** Times by local server. */
export type ByServer = Readonly<Record<string, number>>;

const nameOf = ({ host, port }: Pick<Reach, 'host' | 'port'>): string => `${host}:${port}`;

/** What the heartbeat says: how long ago each server answered. A server that fails or refuses this gateway is absent. */
export function answeredAgo(servers: readonly Reach[], now: number): ByServer {
  const answering = servers.filter(
    ({ answeredAt = -Infinity, failedAt = -Infinity, refusal }) =>
      answeredAt > -Infinity && answeredAt >= failedAt && refusal === undefined,
  );
  return Object.fromEntries(
    answering.map((server) => [nameOf(server), Math.max(0, now - (server.answeredAt ?? now))]),
  );
}

/** A heartbeat takes less time than that, so an answer that is newer by this much came after the failure. */
const SLACK_MS = 1_000;
/** The least time between a failure and a probe that an answer to a partner causes. */
const PROBE_REST_MS = 5_000;

/** It is down here, and it answered the partner after it failed here last. */
export function answersPartner(server: Reach, { answered }: Pick<Partner, 'answered'>): boolean {
  if (server.status !== 'down' && server.status !== 'probing') return false;
  return (answered[nameOf(server)] ?? -Infinity) > (server.failedAt ?? Infinity) + SLACK_MS;
}

/**
 * Whether this gateway tries a server again by itself. It must, since the clients whose mail would be the next attempt are sent away
 * meanwhile; and it need not wait for the end of the back-off.
 */
export const isWorthAProbe = (
  server: Reach,
  partners: readonly Pick<Partner, 'answered'>[],
  now: number,
): boolean =>
  server.status === 'down' &&
  now >= (server.failedAt ?? now) + PROBE_REST_MS &&
  partners.some((partner) => answersPartner(server, partner));

/** The load that local servers are for the door: 0 unless clients are better off at a partner. */
export function reachAtTheDoor(servers: readonly Reach[], partners: readonly Partner[]): number {
  const tried = servers.filter(({ status }) => status !== 'untried');
  if (tried.some(({ status }) => status === 'up' || status === 'aside')) return 0;
  const isBetterOff = (partner: Partner): boolean =>
    hasRoom(partner) && tried.some((server) => answersPartner(server, partner));
  return partners.some(isBetterOff) ? ALL_DOWN : 0;
}

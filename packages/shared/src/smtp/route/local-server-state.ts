/**
 * What is remembered of one local server, and what is shown of it. Pure.
 */
import type { LocalServerSettings } from '../../config/schema/local-server.ts';
import { formatReply, type Reply } from '../../platform/values/reply.ts';
import { RefusalWatch, type Refusal } from './refusal-watch.ts';
import { noRecord, type ServerRecord } from './server-record.ts';

export type LocalServer = Pick<LocalServerSettings, 'host' | 'port' | 'weight'>;

/** A reply other than 421, 5xx too, is a success: the server is there. */
export type LocalServerFault = 'refused' | 'timeout' | 'unavailable' | 'tls' | 'dns' | 'lost';

export interface LocalServerState {
  readonly host: string;
  readonly port: number;
  readonly status: 'untried' | 'up' | 'aside' | 'down' | 'probing';
  /** Attempts under way. */
  readonly outstanding: number;
  /** Failures since the last success. */
  readonly failures: number;
  /** When the next probe is due, ms since the epoch; only of a server that is down. */
  readonly probeAt?: number;
  readonly lastFault?: LocalServerFault;
  /** When it answered last, and when an attempt failed last, ms since the epoch; absent before the first. */
  readonly answeredAt?: number;
  readonly failedAt?: number;
  /** When it took a recipient last, ms since the epoch. */
  readonly takenAt?: number;
  /** It refuses this gateway. */
  readonly refusal?: Refusal;
  /** What a successful attempt takes, on average; absent before the first. */
  readonly latencyMs?: number;
  /** Share of attempts that failed, on average. */
  readonly errorRate: number;
  /** Until when it is set aside, ms since the epoch. */
  readonly asideUntil?: number;
}

/** Why local servers do not take mail now. */
export interface Trouble {
  readonly text: string;
  /** One of them refuses this gateway. */
  readonly isRefusal: boolean;
}

export interface Health {
  outstanding: number;
  failures: number;
  lastFault?: { readonly kind: LocalServerFault; readonly said: Reply };
  answeredAt?: number;
  failedAt?: number;
  readonly refusals: RefusalWatch;
  /** Present while the server is down. */
  down?: { probeAt: number; backOffMs: number; probing: boolean };
  /** When it came back; its weight grows from then on. */
  backAt: number;
  record: ServerRecord;
  /** The last time it was set aside. */
  aside?: { until: number; forMs: number };
}

export const newHealth = (): Health => ({
  outstanding: 0,
  failures: 0,
  refusals: new RefusalWatch(),
  backAt: -Infinity,
  record: noRecord,
});

export const isAside = ({ aside }: Health, now: number): boolean => aside !== undefined && now < aside.until;

/** What keeps a server from taking mail: the newest, or nothing. */
export function troubleOf({
  lastFault,
  failedAt = 0,
  refusals: { refusal },
}: Health): (Trouble & { at: number })[] {
  if (refusal)
    return [
      { text: `the local server answered ${formatReply(refusal.reply)}`, isRefusal: true, at: refusal.at },
    ];
  return lastFault ? [{ text: lastFault.said.text, isRefusal: false, at: failedAt }] : [];
}

export function stateOf({ host, port }: LocalServer, health: Health, now: number): LocalServerState {
  const { outstanding, failures, lastFault, down, aside, record, answeredAt, failedAt, refusals } = health;
  const { refusal, takenAt } = refusals;
  return {
    host,
    port,
    status: statusOf(health, now),
    outstanding,
    failures,
    ...(down && { probeAt: down.probeAt }),
    ...(lastFault && { lastFault: lastFault.kind }),
    ...(answeredAt !== undefined && { answeredAt }),
    ...(failedAt !== undefined && { failedAt }),
    ...(takenAt !== undefined && { takenAt }),
    ...(refusal && { refusal }),
    ...(record.latencyMs > 0 && { latencyMs: Math.round(record.latencyMs) }),
    errorRate: Math.round(record.errorRate * 1_000) / 1_000,
    ...(aside && isAside(health, now) && { asideUntil: aside.until }),
  };
}

function statusOf(health: Health, now: number): LocalServerState['status'] {
  const { down, answeredAt, failedAt } = health;
  if (down) return down.probing ? 'probing' : 'down';
  if (answeredAt === undefined && failedAt === undefined) return 'untried';
  return isAside(health, now) ? 'aside' : 'up';
}

/**
 * A drain: the operator takes a gateway out of service, for a while or until it is undone. Balancers, DNS and partners learn
 * of it at once; clients that come all the same are served until the listeners close, so that nobody is refused. Pure.
 *
 * It is kept in the spool as JSON, so that it outlives a restart. Times are ms since the epoch.
 */
import type { PartnerView } from './partner-view.ts';

export interface Drain {
  readonly since: number;
  /** When the listeners close. */
  readonly closesAt: number;
  /** When it ends by itself; null: when the operator ends it. */
  readonly until: number | null;
}

/** What an operator may ask for. */
export interface DrainWish {
  /** How long it lasts; without it until the operator ends it. */
  readonly forMs?: number;
  /** How long the listeners stay open. */
  readonly closeAfterMs?: number;
}

/** The longest that can be asked for. */
export const LONGEST_DRAIN_MS = 30 * 24 * 3_600_000;

/** A gateway that is drained already keeps what it was told before where nothing else is asked for. */
export function beginDrain(now: number, wish: DrainWish, usualMs: number, current: Drain | null): Drain {
  const { forMs, closeAfterMs } = wish;
  const since = current?.since ?? now;
  return {
    since,
    closesAt: closeAfterMs === undefined && current ? current.closesAt : since + (closeAfterMs ?? usualMs),
    until: forMs === undefined ? (current?.until ?? null) : now + forMs,
  };
}

export const isOver = ({ until }: Drain, now: number): boolean => until !== null && until <= now;

/** The listeners are closed. */
export const isClosed = ({ closesAt }: Drain, now: number): boolean => closesAt <= now;

/** When something changes next by itself; Infinity when nothing does. */
export function nextChange({ closesAt, until }: Drain, now: number): number {
  const times = [closesAt, until ?? Infinity].filter((at) => at > now);
  return Math.min(Infinity, ...times);
}

export const formatDrain = (drain: Drain): string => `${JSON.stringify(drain)}\n`;

/** Undefined when it is none. */
export function parseDrain(text: string): Drain | undefined {
  try {
    const { since, closesAt, until } = JSON.parse(text) as Record<string, unknown>;
    if (!isTime(since) || !isTime(closesAt) || !(until === null || isTime(until))) return undefined;
    return { since, closesAt, until };
  } catch {
    return undefined;
  }
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** What is left to take mail when a node is drained. */
export type OtherNode = Pick<PartnerView, 'role' | 'node' | 'state' | 'draining'>;

export const nameOfNode = ({ role, node }: Pick<OtherNode, 'role' | 'node'>): string => `${role}/${node}`;

/** The nodes that go on taking mail. @param together names of those that are drained at the same time */
export const nodesLeft = (others: readonly OtherNode[], together: readonly string[]): OtherNode[] =>
  others.filter(
    (other) => other.state === 'alive' && !other.draining && !together.includes(nameOfNode(other)),
  );

/** Why a node is not drained: it would be the last one. Undefined when others are left. */
export function refusalOfDrain(
  others: readonly OtherNode[],
  together: readonly string[],
): string | undefined {
  if (nodesLeft(others, together).length > 0) return undefined;
  if (others.length === 0)
    return 'no other node of the pair is known here, because there is none or pair.secretFile is not set';
  const each = others.map((other) => `${nameOfNode(other)} ${conditionOf(other, together)}`);
  return `no other node would take mail: ${each.join(', ')}`;
}

function conditionOf(other: OtherNode, together: readonly string[]): string {
  if (together.includes(nameOfNode(other))) return 'is to be drained too';
  if (other.state !== 'alive') return conditions[other.state];
  return 'drains';
}

const conditions: Readonly<Record<Exclude<PartnerView['state'], 'alive'>, string>> = {
  unknown: 'was not heard of yet',
  suspect: 'misses heartbeats',
  dead: 'is dead',
};

export interface DrainTimes {
  readonly ttlMs: number;
  readonly checkMs: number;
}

/** Time for the balancers to look twice and for a heartbeat. */
const USUAL_MS = 15_000;
const LOOKS_OF_DNS_RR = 3;

/**
 * How long clients may still be sent here: where `balancer dns-rr` keeps the addresses, three of its looks, the time that it
 * leaves between two updates, and the TTL. @param dnsRr null where no name server is configured for it
 */
export const usualCloseAfterMs = (dnsRr: DrainTimes | null): number =>
  dnsRr === null ? USUAL_MS : Math.max(USUAL_MS, LOOKS_OF_DNS_RR * dnsRr.checkMs + 2 * dnsRr.ttlMs);

/** What a ban is, how two gateways put together what they know of it, and how it is written. Pure. */

export interface Ban {
  /** `192.0.2.7/32`, `2001:db8::/64` */
  readonly network: string;
  /** When it was imposed, for the first time if it was renewed while it held. */
  readonly since: number;
  /** From then on it is over. */
  readonly until: number;
  /** Bans of this network shortly one after the other, with this one. */
  readonly times: number;
  /** `harvest`: too many unknown recipients. */
  readonly by: 'harvest' | 'operator';
  /** For the operator. */
  readonly reason: string;
  /** When it was imposed, renewed or lifted. */
  readonly changedAt: number;
}

export const isInEffect = (ban: Ban | undefined, now: number): ban is Ban =>
  ban !== undefined && now < ban.until;

/** The later change; at the same moment the longer ban. It does not matter who tells whom, how often and in which order. */
export function latest(one: Ban, other: Ban): Ban {
  if (one.changedAt !== other.changedAt) return one.changedAt > other.changedAt ? one : other;
  return one.until >= other.until ? one : other;
}

/** A network that is banned again within this time after a ban of it is banned for twice as long. */
const MEMORY_MS = 24 * 3_600_000;
const LONGEST_MS = 24 * 3_600_000;

/** The ban of a client that conducts itself like that, by the one before it, if any. */
export function banAgain(
  before: Ban | undefined,
  { network, now, forMs, reason }: { network: string; now: number; forMs: number; reason: string },
): Ban {
  const isAgain = before !== undefined && before.by === 'harvest' && now - before.until < MEMORY_MS;
  const times = isAgain ? before.times + 1 : 1;
  const lasts = Math.min(forMs * 2 ** Math.min(times - 1, 20), Math.max(forMs, LONGEST_MS));
  return { network, since: now, until: now + lasts, times, by: 'harvest', reason, changedAt: now };
}

export const formatBan = (ban: Ban): string => JSON.stringify(ban);

export function parseBan(text: string): Ban | undefined {
  const raw = readJson(text);
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { network, since, until, times, by, reason, changedAt } = raw as Record<string, unknown>;
  if (typeof network !== 'string' || !/^[\d.a-f:]{2,45}\/\d{1,3}$/.test(network)) return undefined;
  if (!isCount(since) || !isCount(until) || !isCount(times) || !isCount(changedAt)) return undefined;
  if ((by !== 'harvest' && by !== 'operator') || typeof reason !== 'string') return undefined;
  return { network, since, until, times, by, reason: reason.slice(0, MAX_REASON), changedAt };
}

/** Characters of a reason. */
export const MAX_REASON = 200;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

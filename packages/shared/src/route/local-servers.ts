/**
 * Chooses among the local servers of a domain, by what became of the attempts before.
 *
 * The server with the fewest attempts under way for its weight comes first; among equals chance decides, by weight.
 * A server of weight 0 is a spare: it comes after all others that are up. After three failures in a row a server is
 * down. It is given one attempt, a probe, when its back-off is over: first a second, doubled by every probe that
 * fails, at most a minute. Any success brings it up. Pure but for its own memory: time and chance are arguments.
 */
import type { Random } from '../system/random.ts';
import type { LocalServerSettings } from '../system/settings.ts';

export type LocalServer = Pick<LocalServerSettings, 'host' | 'port' | 'weight'>;

/** A reply other than 421, 5xx too, is a success: the server is there. */
export type LocalServerFault = 'refused' | 'timeout' | 'unavailable' | 'tls' | 'dns' | 'lost';

export interface LocalServerState {
  readonly host: string;
  readonly port: number;
  readonly status: 'up' | 'down' | 'probing';
  /** Attempts under way. */
  readonly outstanding: number;
  /** Failures since the last success. */
  readonly failures: number;
  /** When the next probe is due, ms since the epoch; only of a server that is down. */
  readonly probeAt?: number;
  readonly lastFault?: LocalServerFault;
}

export interface LocalServers {
  /** All of `servers`, best first; those that are down last, the next to be probed first among them. */
  order<S extends LocalServer>(servers: readonly S[], now: number): S[];
  /** None of them is worth an attempt now: queue at once. */
  allDown(servers: readonly LocalServer[], now: number): boolean;
  /** Begins an attempt, to be ended by exactly one of the following three. Call it before anything is awaited. */
  started(server: LocalServer): void;
  succeeded(server: LocalServer): void;
  failed(server: LocalServer, fault: LocalServerFault, now: number): void;
  /** The attempt ended without a word about the server, because the client left or we are shutting down. */
  abandoned(server: LocalServer): void;
  /** Servers that are down may be tried now: the operator says so. */
  probeNow(now: number): void;
  /** For status and metrics: every server that has been tried. */
  state(): LocalServerState[];
}

const FAILURES_TO_DOWN = 3;
const BACK_OFF_FIRST_MS = 1_000;
const BACK_OFF_MAX_MS = 60_000;

interface Health {
  outstanding: number;
  failures: number;
  lastFault?: LocalServerFault;
  /** Present while the server is down. */
  down?: { probeAt: number; backOffMs: number; probing: boolean };
}

export function createLocalServers(random: Random): LocalServers {
  const healths = new Map<string, { readonly server: LocalServer; readonly health: Health }>();

  function healthOf(server: LocalServer): Health {
    const key = `${server.host}:${server.port}`;
    const known = healths.get(key) ?? { server, health: { outstanding: 0, failures: 0 } };
    healths.set(key, known);
    return known.health;
  }

  function ended(server: LocalServer): Health {
    const health = healthOf(server);
    health.outstanding = Math.max(0, health.outstanding - 1);
    return health;
  }

  return {
    order: (servers, now) =>
      servers
        .map((server) => ({ server, rank: rankOf(server, healthOf(server), now, random) }))
        .sort((a, b) => compareRanks(a.rank, b.rank))
        .map(({ server }) => server),

    allDown: (servers, now) => servers.every((server) => !isUsable(healthOf(server), now)),

    started(server) {
      const health = healthOf(server);
      health.outstanding += 1;
      if (health.down) health.down.probing = true;
    },

    succeeded(server) {
      const health = ended(server);
      health.failures = 0;
      delete health.down;
      delete health.lastFault;
    },

    failed(server, fault, now) {
      const health = ended(server);
      health.failures += 1;
      health.lastFault = fault;
      takeDown(health, now);
    },

    abandoned(server) {
      const { down } = ended(server);
      if (down) down.probing = false;
    },

    probeNow(now) {
      for (const { health } of healths.values())
        if (health.down) health.down.probeAt = Math.min(health.down.probeAt, now);
    },

    state: () => [...healths.values()].map(({ server, health }) => stateOf(server, health)),
  };
}

/** Up, or due for a probe that nobody has begun. */
const isUsable = ({ down }: Health, now: number): boolean => !down || (!down.probing && now >= down.probeAt);

/** Attempts that began before the server was down fail after it: they say nothing new and lengthen no back-off. */
function takeDown(health: Health, now: number): void {
  const { down, failures } = health;
  if (!down && failures < FAILURES_TO_DOWN) return;
  if (down && !down.probing && now < down.probeAt) return;
  const backOffMs = down ? Math.min(down.backOffMs * 2, BACK_OFF_MAX_MS) : BACK_OFF_FIRST_MS;
  health.down = { probeAt: now + backOffMs, backOffMs, probing: false };
}

/** Compared place by place, smallest first. */
type Rank = readonly [tier: number, load: number, chance: number];

/**
 * Tiers: a probe, which would never come to pass behind servers that answer; up; spare; a spare's probe; down.
 */
function rankOf({ weight }: LocalServer, health: Health, now: number, random: Random): Rank {
  const { down, outstanding } = health;
  if (!isUsable(health, now)) return [4, down?.probeAt ?? 0, 0];
  if (weight <= 0) return [down ? 3 : 2, outstanding, random.next()];
  // The smallest of exponential variates with rates w is each one's with probability w / sum of w.
  return [down ? 0 : 1, outstanding / weight, -Math.log(1 - random.next()) / weight];
}

const compareRanks = (a: Rank, b: Rank): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

function stateOf(
  { host, port }: LocalServer,
  { outstanding, failures, lastFault, down }: Health,
): LocalServerState {
  return {
    host,
    port,
    status: down ? (down.probing ? 'probing' : 'down') : 'up',
    outstanding,
    failures,
    ...(down && { probeAt: down.probeAt }),
    ...(lastFault && { lastFault }),
  };
}

/**
 * Chooses among the local servers of a domain, by what became of the attempts before.
 *
 * The server with the fewest attempts under way for its weight comes first; among equals chance decides, by weight.
 * A server of weight 0 is a spare: it comes after all others that are up. After three failures in a row a server is
 * down. It is given one attempt, a probe, when its back-off is over: first a second, doubled by every probe that
 * fails, at most a minute. Any success brings it up, with a tenth of its weight, which grows to the whole of it in half
 * a minute: whoever comes back has cold caches and a queue of its own.
 *
 * A server that is up but far worse than the others, by errors or by latency, is set aside: it comes after all that are
 * up. At most half of a domain's servers are, rounded down, and each for half a minute, doubled every time it happens
 * again, at most five minutes; then it begins like one that comes back, and is judged anew.
 *
 * Pure but for its own memory: time and chance are arguments.
 */
import type { Random } from '../../platform/values/random.ts';
import type { Reply } from '../../platform/values/reply.ts';
import {
  isAside,
  newHealth,
  stateOf,
  troubleOf,
  type Health,
  type LocalServer,
  type LocalServerFault,
  type LocalServerState,
  type Trouble,
} from './local-server-state.ts';
import type { Answer, Asker } from './refusal-watch.ts';
import { isOutlier, noRecord, recorded } from './server-record.ts';

/** Told each time that a server refuses this gateway, and when it takes mail again. */
export interface LocalServerEvents {
  refuses(server: LocalServer, reply: Reply): void;
  takesAgain(server: LocalServer): void;
}

const FAILURES_TO_DOWN = 3;
const BACK_OFF_FIRST_MS = 1_000;
const BACK_OFF_MAX_MS = 60_000;
const SLOW_START_MS = 30_000;
const SLOW_START_SHARE = 0.1;
const ASIDE_FIRST_MS = 30_000;
const ASIDE_MAX_MS = 300_000;

const nobody: LocalServerEvents = { refuses: () => undefined, takesAgain: () => undefined };

export class LocalServers {
  readonly #random: Random;
  readonly #events: LocalServerEvents;
  readonly #healths = new Map<string, { readonly server: LocalServer; readonly health: Health }>();
  /** Asked several times for every message, so a server is found by itself before it is by its address. */
  readonly #bySelf = new WeakMap<LocalServer, Health>();

  constructor(random: Random, events: LocalServerEvents = nobody) {
    this.#random = random;
    this.#events = events;
  }

  /** All of `servers`, best first; those that are down last, the next to be probed first among them. */
  order<S extends LocalServer>(servers: readonly S[], now: number): S[] {
    if (servers.length < 2) return [...servers];
    setOutliersAside(servers.map(this.#healthOf), now);
    return servers
      .map((server) => ({ server, rank: rankOf(server, this.#healthOf(server), now, this.#random) }))
      .sort((a, b) => compareRanks(a.rank, b.rank))
      .map(({ server }) => server);
  }

  /** None of them is worth an attempt now: queue at once. */
  allDown(servers: readonly LocalServer[], now: number): boolean {
    return servers.every((server) => !isUsable(this.#healthOf(server), now));
  }

  /** When one of `servers` may be tried, and whether none has answered since it was down. */
  outlook(servers: readonly LocalServer[], now: number): { usableAt: number; areDown: boolean } {
    const healths = servers.map(this.#healthOf);
    return {
      usableAt: Math.min(...healths.map((health) => usableAt(health, now))),
      areDown: healths.every(({ down }) => down !== undefined),
    };
  }

  /** Begins an attempt, to be ended by exactly one of the following three. Call it before anything is awaited. */
  started(server: LocalServer): void {
    const health = this.#healthOf(server);
    health.outstanding += 1;
    if (health.down) health.down.probing = true;
  }

  succeeded(server: LocalServer, now: number, tookMs: number): void {
    const health = this.#ended(server);
    health.failures = 0;
    if (health.down) comeBack(health, now);
    health.record = recorded(health.record, tookMs);
    health.answeredAt = now;
    if (health.refusals.conversed()) this.#events.takesAgain(server);
    delete health.down;
    delete health.lastFault;
  }

  /** @param said with `unavailable` the words of the server, else ours */
  failed(server: LocalServer, fault: LocalServerFault, now: number, said: Reply): void {
    const health = this.#ended(server);
    health.failures += 1;
    health.lastFault = { kind: fault, said };
    health.failedAt = now;
    health.refusals.failed(fault === 'unavailable' ? said : undefined, now);
    if (fault === 'unavailable') this.#events.refuses(server, said);
    health.record = recorded(health.record, null);
    takeDown(health, now);
  }

  /** The attempt ended without a word about the server, because the client left or we are shutting down. */
  abandoned(server: LocalServer): void {
    const { down } = this.#ended(server);
    if (down) down.probing = false;
  }

  /** What a server said of recipients in an attempt that succeeded. */
  answered(
    server: LocalServer,
    asker: Asker,
    reversePath: string,
    answers: readonly Answer[],
    now: number,
  ): void {
    const { refusals } = this.#healthOf(server);
    const before = refusals.refusal;
    refusals.answered(asker, reversePath, answers, now);
    const { refusal } = refusals;
    if (refusal && refusal !== before) this.#events.refuses(server, refusal.reply);
    else if (before && !refusal) this.#events.takesAgain(server);
  }

  /** What happened last that keeps one of `servers` from taking mail; undefined when nothing does. */
  trouble(servers: readonly LocalServer[]): Trouble | undefined {
    const troubles = servers.map(this.#healthOf).flatMap(troubleOf);
    return troubles.toSorted((a, b) => b.at - a.at)[0];
  }

  /** Servers that are down may be tried now, one or all: the operator says so, or a partner that reaches it. */
  probeNow(now: number, server?: LocalServer): void {
    const all = [...this.#healths.values()].map(({ health }) => health);
    for (const { down } of server ? [this.#healthOf(server)] : all)
      if (down) down.probeAt = Math.min(down.probeAt, now);
  }

  /** For status and metrics: each of `servers` once, or every server that is known. */
  state(now: number, servers?: readonly LocalServer[]): LocalServerState[] {
    const asked = servers ?? [...this.#healths.values()].map(({ server }) => server);
    const each = new Map(asked.map((server) => [this.#healthOf(server), server]));
    return [...each].map(([health, server]) => stateOf(server, health, now));
  }

  readonly #healthOf = (server: LocalServer): Health => {
    let health = this.#bySelf.get(server);
    if (!health) this.#bySelf.set(server, (health = this.#healthAt(server)));
    return health;
  };

  #healthAt(server: LocalServer): Health {
    const key = `${server.host}:${server.port}`;
    const known = this.#healths.get(key) ?? { server, health: newHealth() };
    this.#healths.set(key, known);
    return known.health;
  }

  #ended(server: LocalServer): Health {
    const health = this.#healthOf(server);
    health.outstanding = Math.max(0, health.outstanding - 1);
    return health;
  }
}

/** Up, or due for a probe that nobody has begun. */
const isUsable = ({ down }: Health, now: number): boolean => !down || (!down.probing && now >= down.probeAt);

/** A probe that is under way tells within about a second, or it is asked about again. */
const usableAt = (health: Health, now: number): number =>
  isUsable(health, now) ? now : Math.max(health.down?.probeAt ?? now, now + BACK_OFF_FIRST_MS);

/** Attempts that began before the server was down fail after it: they say nothing new and lengthen no back-off. */
function takeDown(health: Health, now: number): void {
  const { down, failures } = health;
  if (!down && failures < FAILURES_TO_DOWN) return;
  if (down && !down.probing && now < down.probeAt) return;
  const backOffMs = down ? Math.min(down.backOffMs * 2, BACK_OFF_MAX_MS) : BACK_OFF_FIRST_MS;
  health.down = { probeAt: now + backOffMs, backOffMs, probing: false };
}

/** Judged anew, with little weight at first. */
function comeBack(health: Health, at: number): void {
  health.backAt = at;
  health.record = noRecord;
}

function setOutliersAside(healths: readonly Health[], now: number): void {
  const compared = healths.filter((health) => !health.down && !isAside(health, now));
  let room = Math.floor(healths.length / 2) - healths.filter((health) => isAside(health, now)).length;
  for (const health of compared) {
    const others = compared.filter((other) => other !== health && !isAside(other, now));
    if (
      room <= 0 ||
      !isOutlier(
        health.record,
        others.map(({ record }) => record),
      )
    )
      continue;
    const { until = -Infinity, forMs = 0 } = health.aside ?? {};
    const again = now - until < ASIDE_MAX_MS;
    const nextMs = again ? Math.min(forMs * 2, ASIDE_MAX_MS) : ASIDE_FIRST_MS;
    health.aside = { until: now + nextMs, forMs: nextMs };
    comeBack(health, health.aside.until);
    room -= 1;
  }
}

/** Grows from a tenth to the whole after the server came back. */
function weightNow({ weight }: LocalServer, { backAt }: Health, now: number): number {
  const share = Math.max(now - backAt, 0) / SLOW_START_MS;
  return share >= 1 ? weight : weight * (SLOW_START_SHARE + (1 - SLOW_START_SHARE) * share);
}

/** Compared place by place, smallest first. */
type Rank = readonly [tier: number, load: number, chance: number];

/**
 * Tiers: a probe, which would never come to pass behind servers that answer; up; spare; a spare's probe; aside;
 * down.
 */
function rankOf(server: LocalServer, health: Health, now: number, random: Random): Rank {
  const { down, outstanding } = health;
  if (!isUsable(health, now)) return [5, down?.probeAt ?? 0, 0];
  const weight = weightNow(server, health, now);
  if (isAside(health, now) && !down) return [4, outstanding, random.next()];
  if (weight <= 0) return [down ? 3 : 2, outstanding, random.next()];
  // The smallest of exponential variates with rates w is each one's with probability w / sum of w.
  return [down ? 0 : 1, outstanding / weight, -Math.log(1 - random.next()) / weight];
}

const compareRanks = (a: Rank, b: Rank): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

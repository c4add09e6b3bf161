/**
 * How much of a gateway is in use, as one figure: the largest of its parts, each of which is 0 when idle and 1 when no
 * more fits. Pure.
 *
 * | part           | is 1 when                                                                              |
 * | -------------- | -------------------------------------------------------------------------------------- |
 * | `sessions`     | limits.connections is reached                                                          |
 * | `eventLoop`    | the process never sleeps                                                               |
 * | `cpu`, `io`    | never: at most 0.75, since other processes of the host and a spool that syncs cause it |
 * | `memory`       | the memory it may have is used, or its tasks wait for memory a quarter of the time     |
 * | `descriptors`  | a process has as many files open, with sockets, as it may have                         |
 * | `sync`         | a commit of the spool takes a second                                                   |
 * | `submissions`  | submitted mail waits load.submissionWait for this gateway                              |
 * | `queue`        | the oldest entry is half an hour overdue                                               |
 * | `disk`         | as little is free as queue.minFree keeps                                               |
 * | `localServers` | they take as long as send.relayTimeout; 0.9 when all of them are down                  |
 */
export interface Load {
  /** The largest part. Above 1 when a limit is passed already. */
  readonly value: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** What was measured since it was measured last. Shares are 0 to 1; what cannot be known here is absent. */
export interface LoadFacts {
  /** Open sessions, as a share of those allowed. */
  readonly sessions: number;
  readonly eventLoop: number;
  /** Share of the time that some task waited for it (Linux PSI, avg10). */
  readonly cpuPressure?: number | undefined;
  readonly ioPressure?: number | undefined;
  readonly memoryPressure?: number | undefined;
  /** Of the memory that the gateway may have, in all its processes. */
  readonly memoryUsed: number;
  /** Of the files that a process may have open. */
  readonly descriptorsUsed: number;
  readonly slowestCommitMs: number;
  /** How long submitted mail waits for this gateway, and the time at which nothing else may have a part of it; 0 for never. */
  readonly submissions: { readonly waitMs: number; readonly fullMs: number };
  readonly oldestDueMs: number;
  readonly freeBytes: number;
  readonly minFreeBytes: number;
  readonly localServers: {
    /** Share of them that is down. */
    readonly down: number;
    readonly latencyMs: number;
    readonly patienceMs: number;
  };
}

export const PARTS = [
  'sessions',
  'eventLoop',
  'cpu',
  'io',
  'memory',
  'descriptors',
  'sync',
  'submissions',
  'queue',
  'disk',
  'localServers',
] as const;
export type Part = (typeof PARTS)[number];
export type Parts = { readonly [part in Part]?: number };

const SHARED_PRESSURE = 0.75;
const MEMORY_PRESSURE_FULL = 0.25;
const COMMIT_FULL_MS = 1_000;
const OVERDUE_FULL_MS = 30 * 60_000;
/** What local servers count when all of them are down. */
export const ALL_DOWN = 0.9;

export function partsOf(facts: LoadFacts): Parts {
  const { cpuPressure, ioPressure, memoryPressure, submissions, localServers } = facts;
  return {
    sessions: facts.sessions,
    eventLoop: facts.eventLoop,
    ...(cpuPressure !== undefined && { cpu: cpuPressure * SHARED_PRESSURE }),
    ...(ioPressure !== undefined && { io: ioPressure * SHARED_PRESSURE }),
    memory: Math.min(Math.max(facts.memoryUsed, (memoryPressure ?? 0) / MEMORY_PRESSURE_FULL), 1),
    descriptors: facts.descriptorsUsed,
    sync: Math.min(facts.slowestCommitMs / COMMIT_FULL_MS, 1),
    submissions: Math.min(impatienceOf(submissions), 1),
    queue: Math.min(Math.max(facts.oldestDueMs, 0) / OVERDUE_FULL_MS, 1),
    disk: facts.minFreeBytes === 0 ? 0 : Math.min(facts.minFreeBytes / Math.max(facts.freeBytes, 1), 1),
    localServers: Math.min(
      Math.max(localServers.latencyMs / localServers.patienceMs, localServers.down * ALL_DOWN),
      1,
    ),
  };
}

/** What submitters feel: how long they wait, of the time that they may. Above 1 while they wait too long. */
export const impatienceOf = ({ waitMs, fullMs }: LoadFacts['submissions']): number =>
  fullMs === 0 ? 0 : waitMs / fullMs;

/** Of several processes as one: the largest of each part, but of the event loops the mean, since clients are shared out. */
export function partsOfAll(all: readonly Parts[]): Parts {
  const parts: { [part in Part]?: number } = {};
  for (const each of all)
    for (const [part, value] of Object.entries(each) as [Part, number][])
      parts[part] = Math.max(parts[part] ?? 0, value);
  const loops = all.map(({ eventLoop = 0 }) => eventLoop);
  return { ...parts, eventLoop: loops.reduce((sum, loop) => sum + loop, 0) / loops.length };
}

/** How long the average looks back. */
const AVERAGE_MS = 2_000;

/** An exponentially weighted average, after `elapsedMs` in which `now` was so. A part that is new begins with itself. */
export function smooth(before: Parts, now: Parts, elapsedMs: number): Parts {
  const weight = 1 - Math.exp(-elapsedMs / AVERAGE_MS);
  const mixed = Object.entries(now).map(([part, value]) => {
    const old = before[part as Part] ?? value;
    return [part, old + weight * (value - old)];
  });
  return Object.fromEntries(mixed) as Parts;
}

export const largest = (parts: Parts, which?: readonly Part[]): number =>
  Math.max(0, ...(which ? which.map((part) => parts[part] ?? 0) : Object.values(parts)));

/** To be shown: three digits are plenty. */
export function loadOf(parts: Parts): Load {
  const shown = Object.entries(parts).map(
    ([part, value]) => [part, Math.round(value * 1_000) / 1_000] as const,
  );
  return { value: Math.max(0, ...shown.map(([, value]) => value)), parts: Object.fromEntries(shown) };
}

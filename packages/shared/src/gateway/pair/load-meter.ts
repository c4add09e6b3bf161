/**
 * Measures the load twice a second, whoever asks or does not ask. A measurement reads a few small files, asks the
 * file system once and the spool for its oldest entry: some hundred microseconds. What cannot be
 * measured leaves the load as it was last, and is told once until it can.
 */
import { performance } from 'node:perf_hooks';
import {
  impatienceOf,
  PARTS,
  largest,
  loadOf,
  partsOf,
  partsOfAll,
  smooth,
  type Load,
  type LoadFacts,
  type Part,
  type Parts,
} from './load.ts';
import { createPressureReader, type Pressure } from './pressure.ts';

export interface LoadSources {
  /** Open sessions, as a share of those allowed. Asked at any time. */
  sessions(): number;
  /** Share of the memory that the gateway may have; measured when it is asked. */
  memoryUsed(): number;
  /** Share of the files that this process may have open; counted when it is asked. */
  descriptorsUsed(): number;
  /** Since it was asked last. */
  slowestCommitMs(): number;
  submissions(): LoadFacts['submissions'];
  oldestDueMs(): number;
  freeBytes(): number;
  minFreeBytes(): number;
  localServers(): LoadFacts['localServers'];
  /** The other processes of this gateway; absent when there are none. */
  readonly others?: {
    /** As they measured last. */
    parts(): readonly Parts[];
    tell(own: Parts): void;
  };
}

export interface LoadMeter {
  /** Averaged over some seconds, for weights and for people. */
  load(): Load;
  /** The average of the parts that may send clients away, without the sessions. */
  atTheDoor(): number;
  /** The parts that cannot wait for an average, as they are, without the sessions. They close the door. */
  urgent(): number;
  /** What grows with the work under way, and is relieved when clients come more slowly. Above 1 while submitters wait too long. */
  strain(): number;
  close(): void;
}

/**
 * Parts that lower a weight and do not send clients away by themselves. Other programs cause `cpu` and `io` too; the sessions and the
 * local servers are looked at when a client comes.
 */
const NOT_AT_THE_DOOR: readonly Part[] = ['sessions', 'cpu', 'io', 'localServers'];
const AT_THE_DOOR = PARTS.filter((part) => !NOT_AT_THE_DOOR.includes(part));
const URGENT: readonly Part[] = ['memory', 'descriptors', 'sync', 'disk'];
const STRAIN: readonly Part[] = ['eventLoop', 'memory', 'sync'];
/** So that submitters who wait much too long have a place sooner. */
const MOST_STRAIN = 4;
const MEASURE_MS = 500;

export interface LoadEvents {
  /** After each measurement. */
  measured(): void;
  failed(error: unknown): void;
}

/** What a meter measures by: this process, or a simulated one. */
export interface MeterHost {
  /** Milliseconds; only differences count. */
  now(): number;
  /** Share of the time since it was asked last in which the event loop worked. */
  takeUtilization(): number;
  pressure(): Pressure;
  /** @returns how to stop it */
  every(intervalMs: number, act: () => void): () => void;
}

export function thisProcess(pressure: () => Pressure = createPressureReader()): MeterHost {
  let loop = performance.eventLoopUtilization();
  return {
    now: () => performance.now(),
    takeUtilization() {
      const before = loop;
      loop = performance.eventLoopUtilization();
      return performance.eventLoopUtilization(loop, before).utilization;
    },
    pressure,
    every(intervalMs, act) {
      const timer = setInterval(act, intervalMs).unref();
      return () => clearInterval(timer);
    },
  };
}

export function openLoadMeter(
  sources: LoadSources,
  events: LoadEvents,
  host: MeterHost = thisProcess(),
): LoadMeter {
  let average: Parts = {};
  // Every client asks for these, so they are made ready here.
  let door = 0;
  let urgent = 0;
  let strain = 0;
  let hasFailed = false;
  let measuredAt = host.now();

  function measure(): void {
    const now = host.now();
    const submissions = sources.submissions();
    const own = partsOf({
      sessions: sources.sessions(),
      eventLoop: host.takeUtilization(),
      ...host.pressure(),
      memoryUsed: sources.memoryUsed(),
      descriptorsUsed: sources.descriptorsUsed(),
      slowestCommitMs: sources.slowestCommitMs(),
      submissions,
      oldestDueMs: sources.oldestDueMs(),
      freeBytes: sources.freeBytes(),
      minFreeBytes: sources.minFreeBytes(),
      localServers: sources.localServers(),
    });
    sources.others?.tell(own);
    const raw = partsOfAll([own, ...(sources.others?.parts() ?? [])]);
    average = smooth(average, raw, now - measuredAt);
    door = largest(average, AT_THE_DOOR);
    urgent = Math.max(largest(raw, URGENT), largest(average, ['eventLoop']));
    // The wait is a median of some seconds already.
    strain = Math.max(largest(average, STRAIN), Math.min(impatienceOf(submissions), MOST_STRAIN));
    measuredAt = now;
  }

  const stop = host.every(MEASURE_MS, () => {
    try {
      measure();
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) events.failed(error);
      hasFailed = true;
    }
    events.measured();
  });
  return {
    load: () => loadOf(average),
    atTheDoor: () => door,
    urgent: () => urgent,
    strain: () => strain,
    close: stop,
  };
}

/**
 * Runs a rehearsal: the planned pair as real processes on loopback, mail in both directions, and one fault
 * after the other, each repaired before the next. At the end all messages that arrived are compared with
 * those that were sent.
 *
 * All counted messages were really sent. Long times (retries of the senders and of the queue) are divided by
 * `compression`; all other times are real.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createFaults, type Fault } from './faults.ts';
import { judgeMail, type Verdict } from '../loopback/ledger.ts';
import type { FaultName, Scenario } from './scenario.ts';
import type { Assignment } from '../loopback/sender.ts';
import { planTraffic, type Departure } from './traffic.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

export interface Rehearsal {
  readonly verdicts: readonly Verdict[];
  /** A description of each fault. */
  readonly titles: ReadonlyMap<FaultName, string>;
  readonly notes: readonly string[];
  /** The number of messages in the queues at the end. */
  readonly queued: number;
  /** The gateways that ended unexpectedly, and how. */
  readonly crashes: readonly string[];
  readonly tookMs: number;
  /** Kept only if requested. */
  readonly directory: string;
}

export interface RehearsalOptions extends WorldOptions {
  /** Ends the rehearsal early; everything is cleaned up. */
  readonly signal: AbortSignal;
  /** Reports progress in one line. */
  tell(line: string): void;
}

const LOOK_MS = 100;
const TELL_MS = 5000;
/** The maximum simulated time in ms between two attempts, with a margin. */
const LONGEST_PAUSE_MS = 5_000_000;
const LEAST_DRAIN_MS = 60_000;

/** @throws if the rehearsal cannot begin or continue, for example because a gateway does not start */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { scenario, signal, tell } = options;
  const beganAt = Date.now();
  tell('both gateways start, on loopback');
  const world = await openWorld(options);
  try {
    const faults = createFaults(world);
    const departures = planTraffic(scenario, world.pair, Math.random);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const watch = setInterval(() => tell(progress(world, beganAt)), TELL_MS);
    try {
      await together(stop, [
        () => sendAll(world, departures, either),
        () => playFaults(scenario, faults, either, (line) => tell(`${seconds(beganAt)}  ${line}`)),
      ]);
      tell(`${seconds(beganAt)}  all mail is sent; waiting for mail in the queues`);
      await drain(world, scenario, signal);
    } finally {
      clearInterval(watch);
    }
    return {
      verdicts: judgeMail(
        world.senders.flatMap(({ sender }) => sender.sent),
        world.taken,
        world.stops,
      ),
      titles: new Map(
        scenario.slots.flatMap(({ fault }) => (fault ? [[fault.name, faults[fault.name].title]] : [])),
      ),
      notes: world.pair.notes,
      queued: await queued(world),
      crashes: world.gateways.flatMap(({ crashes }) => crashes),
      tookMs: Date.now() - beganAt,
      directory: world.directory,
    };
  } finally {
    await world.close();
  }
}

/** Runs all works to their end; if one fails, the others are stopped. */
async function together(stop: AbortController, works: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    works.map((work) =>
      work().catch((error: unknown) => {
        failures.push(error);
        stop.abort();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}

async function sendAll(
  { senders }: World,
  departures: readonly Departure[],
  signal: AbortSignal,
): Promise<void> {
  const beganAt = Date.now();
  for (const [number, { atMs, sender: kind, message }] of departures.entries()) {
    await pause(beganAt + atMs - Date.now(), signal);
    const mine = senders.filter((each) => each.kind === kind);
    mine[number % mine.length]?.sender.send(message satisfies Assignment);
  }
}

async function playFaults(
  { slots }: Scenario,
  faults: Readonly<Record<FaultName, Fault>>,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  const beganAt = Date.now();
  for (const { name, fault, toMs } of slots) {
    if (!fault) tell('mail flows in both directions, without a fault');
    else {
      await pause(beganAt + fault.fromMs - Date.now(), signal);
      await faults[fault.name].begin();
      tell(faults[fault.name].title);
      await pause(beganAt + fault.toMs - Date.now(), signal);
      await faults[fault.name].mend();
      tell(`${name}: mended`);
    }
    await pause(beganAt + toMs - Date.now(), signal);
  }
}

/** Waits until neither the senders nor the queues have messages, or a time limit has passed. */
async function drain(world: World, { compression }: Scenario, signal: AbortSignal): Promise<void> {
  const until = Date.now() + Math.max(LEAST_DRAIN_MS, LONGEST_PAUSE_MS / compression);
  while (Date.now() < until) {
    if (openMessages(world) === 0 && (await queued(world)) === 0) return;
    await pause(LOOK_MS, signal);
  }
}

const openMessages = ({ senders }: World): number =>
  senders.reduce((sum, { sender }) => sum + sender.open, 0);

async function queued({ gateways }: World): Promise<number> {
  const lengths = await Promise.all(gateways.map((gateway) => gateway.queueLength()));
  return lengths.reduce((sum, length) => sum + length, 0);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Error('interrupted');
  if (ms > 0)
    await sleep(ms, undefined, { signal }).catch(() => {
      throw new Error('interrupted');
    });
}

const progress = (world: World, beganAt: number): string => {
  const sent = world.senders.reduce((sum, { sender }) => sum + sender.sent.length, 0);
  return `${seconds(beganAt)}  sent ${sent}, arrived ${world.taken.length}, waiting with senders ${openMessages(world)}`;
};

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(0)} s`.padStart(6);

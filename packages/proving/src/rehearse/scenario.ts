/**
 * What a rehearsal plays, and how fast: from the operator's options to slots of time with their faults. Pure.
 *
 * Simulated time runs `compression` times as fast as real time. The traffic is as many messages as `rate` asks for in
 * `hours` of simulated time, and all of them are really sent; where that would be more than `MAX_RATE` a second here,
 * or the clocks would run more than `MAX_COMPRESSION` times as fast, the rehearsal takes longer.
 */
import type { StrangerKind } from '../loopback/behaviour.ts';

export const faultNames = ['inbound', 'outbound', 'local-server', 'resolver', 'disk'] as const;
export type FaultName = (typeof faultNames)[number];

/** A part of the traffic: before any fault, or with one. */
export type SlotName = 'steady' | FaultName;

export type Shares = Readonly<Record<StrangerKind, number>>;

export const usualShares: Shares = { postfix: 60, exim: 20, qmail: 10, spammer: 10 };

export interface ScenarioOptions {
  readonly phases: readonly FaultName[];
  readonly shares: Shares;
  /** Real time that the traffic takes. */
  readonly minutes?: number;
  /** Simulated time that it stands for. */
  readonly hours?: number;
  /** Messages in an hour of simulated time. */
  readonly ratePerHour?: number;
}

/** Times are real, from the beginning of the traffic. */
export interface Slot {
  readonly name: SlotName;
  readonly fromMs: number;
  readonly toMs: number;
  /** When the fault of the slot begins and when it is mended. */
  readonly fault?: { readonly name: FaultName; readonly fromMs: number; readonly toMs: number };
}

export interface Scenario {
  readonly slots: readonly Slot[];
  readonly trafficMs: number;
  /** Simulated time in one unit of real time. */
  readonly compression: number;
  readonly messages: number;
  readonly shares: Shares;
}

/** Real messages a second, so that the machine is not what is measured. */
const MAX_RATE = 100;
/** Beyond it a process that starts takes a long time of the simulation. */
export const MAX_COMPRESSION = 300;

const USUAL_RATE = 1200;
const SLOT_MS = 10_000;
const HOUR_MS = 3_600_000;
/** Of its slot, when a fault begins and when it is mended. */
const FAULT = { from: 0.1, to: 0.6 };

/** @throws when what is asked for does not fit into the real time given */
export function planScenario(options: ScenarioOptions): Scenario {
  const { phases, shares } = options;
  const slotCount = phases.length + 1;
  const usualMs = SLOT_MS * slotCount;
  const givenMs = options.minutes === undefined ? undefined : options.minutes * 60_000;
  const hours = options.hours ?? Math.max(1, (givenMs ?? 0) / HOUR_MS);
  const messages = Math.round(hours * (options.ratePerHour ?? USUAL_RATE));
  const leastMs = Math.max((messages / MAX_RATE) * 1000, (hours * HOUR_MS) / MAX_COMPRESSION);
  const trafficMs = givenMs ?? Math.min(Math.max(usualMs, leastMs), hours * HOUR_MS);
  if (messages < slotCount * 10)
    throw new Error(`${messages} messages are too few for a table; raise --rate or --hours`);
  if (trafficMs < leastMs)
    throw new Error(
      `${hours} h with ${messages} messages need --minutes ${Math.ceil(leastMs / 6000) / 10} or more: at most ` +
        `${MAX_RATE} messages a second are sent, and time runs at most ${MAX_COMPRESSION} times as fast`,
    );
  if (trafficMs > hours * HOUR_MS)
    throw new Error(`--minutes is more than --hours; time can be compressed, not stretched`);
  const slotMs = trafficMs / slotCount;
  return {
    slots: (['steady', ...phases] as const).map((name, index) => slotOf(name, index * slotMs, slotMs)),
    trafficMs,
    compression: (hours * HOUR_MS) / trafficMs,
    messages,
    shares,
  };
}

function slotOf(name: SlotName, fromMs: number, lengthMs: number): Slot {
  const slot = { name, fromMs, toMs: fromMs + lengthMs };
  if (name === 'steady') return slot;
  const fault = { name, fromMs: fromMs + FAULT.from * lengthMs, toMs: fromMs + FAULT.to * lengthMs };
  return { ...slot, fault };
}

/**
 * Plans a rehearsal from the options of the operator: time slots with faults, and the speed of the clock.
 * Pure.
 *
 * Simulated time runs `compression` times as fast as real time. `rate` messages per simulated hour are sent
 * for `hours`, all of them for real. The rehearsal takes longer if it would otherwise send more than
 * `MAX_RATE` messages per real second or exceed `MAX_COMPRESSION`.
 */
import type { StrangerKind } from '../loopback/behaviour.ts';

export const faultNames = ['inbound', 'outbound', 'local-server', 'resolver', 'disk'] as const;
export type FaultName = (typeof faultNames)[number];

/** A part of the traffic: `steady` before all faults, or one with a fault. */
export type SlotName = 'steady' | FaultName;

export type Shares = Readonly<Record<StrangerKind, number>>;

export const usualShares: Shares = { postfix: 60, exim: 20, qmail: 10, spammer: 10 };

export interface ScenarioOptions {
  readonly phases: readonly FaultName[];
  readonly shares: Shares;
  /** The real duration of the traffic in minutes. */
  readonly minutes?: number;
  /** The simulated duration of the traffic in hours. */
  readonly hours?: number;
  /** Messages per hour of simulated time. */
  readonly ratePerHour?: number;
}

/** Times are real, in ms since the start of the traffic. */
export interface Slot {
  readonly name: SlotName;
  readonly fromMs: number;
  readonly toMs: number;
  /** The fault of the slot, with the times at which it begins and is repaired. */
  readonly fault?: { readonly name: FaultName; readonly fromMs: number; readonly toMs: number };
}

export interface Scenario {
  readonly slots: readonly Slot[];
  readonly trafficMs: number;
  /** Units of simulated time per unit of real time. */
  readonly compression: number;
  readonly messages: number;
  readonly shares: Shares;
}

/** The maximum number of real messages per second, so that the machine is not the limit. */
const MAX_RATE = 100;
/** With a greater compression, the start of a process would take too much simulated time. */
export const MAX_COMPRESSION = 300;

const USUAL_RATE = 1200;
const SLOT_MS = 10_000;
const HOUR_MS = 3_600_000;
/** The fractions of the slot at which a fault begins and is repaired. */
const FAULT = { from: 0.1, to: 0.6 };

/** @throws if the traffic does not fit into the requested real time */
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

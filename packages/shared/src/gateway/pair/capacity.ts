/** How many messages a second a gateway can take, and how many of them it offers to its partners. Pure. */

export interface Host {
  /** Cores that the system lets its processes use; a fraction where a control group has a quota. */
  readonly cores: number;
  readonly workers: number;
}

/** A worker computes on one core, so those beyond the cores, and cores beyond the workers, add nothing. */
export const messagesPerSecond = ({ cores, workers }: Host, costSeconds: number): number =>
  Math.min(cores, workers) / costSeconds;

export interface RoomFacts {
  /** Messages a second that it can take. */
  readonly capacity: number;
  /** The part of it that it fills by itself (load.budget). */
  readonly budget: number;
  /** Messages a second of its main duty. */
  readonly dutyPerSecond: number;
  /** What is left by its load, 0 to 1. */
  readonly headroom: number;
  /** Nodes of the other role that send strangers away now. */
  readonly shedding: number;
}

/** Messages a second that each shedding node may send here: the room beside the main duty, in equal parts. */
export function grantOf({ capacity, budget, dutyPerSecond, headroom, shedding }: RoomFacts): number {
  if (headroom <= 0) return 0;
  return Math.max(0, capacity * budget - dutyPerSecond) / Math.max(1, shedding);
}

/** What a balancer takes for its weights. */
const MOST_WEIGHT = 256;

/** In proportion, 256 for the largest; nobody has none. */
export function weightsOf(capacities: readonly number[]): number[] {
  const largest = Math.max(...capacities);
  return capacities.map((capacity) => Math.max(1, Math.round((MOST_WEIGHT * capacity) / largest)));
}

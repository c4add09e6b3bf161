/**
 * What load balancers are told of a gateway: its headroom in percent, or that it takes no clients. Pure.
 *
 * A gateway that takes clients never says 0: to HAProxy that is a drain, which no load deserves.
 */
import type { Load } from './load.ts';

export interface Standing {
  /** New clients are to go elsewhere, those that are here may finish. */
  readonly draining: boolean;
  /** Why it takes no mail; empty when it does. */
  readonly notReady: readonly string[];
  readonly load: Load;
  /** Another node of its role has room, and this one has none. */
  readonly isFull: boolean;
}

/** 1 to 100, without the parts of the load that the asker knows better. */
export function headroomOf({ parts }: Load, without: readonly string[] = []): number {
  const counted = Object.entries(parts).filter(([part]) => !without.includes(part));
  const load = Math.max(0, ...counted.map(([, value]) => value));
  return Math.min(100, Math.max(1, Math.round(100 * (1 - load))));
}

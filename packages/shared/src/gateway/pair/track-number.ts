/**
 * The number that keepalived reads from the track file and adds to a priority: the headroom in tens, 0 to 100, or
 * `FAULT`. Pure.
 *
 * A virtual address that moves breaks the sessions on it, so the number follows the load in large steps only.
 */
import { headroomOf, type Standing } from './headroom.ts';

/** Below -253 a VRRP instance gives its address away, whatever its priority. */
export const FAULT = -254;

/** How far the headroom must have moved before it is told again. */
const STEP = 15;

/** @param told what the file holds */
export function trackNumber({ draining, notReady, load }: Standing, told: number | null): number {
  if (draining || notReady.length > 0) return FAULT;
  const headroom = headroomOf(load);
  const stays = told !== null && told !== FAULT && Math.abs(headroom - told) < STEP;
  return stays ? told : Math.round(headroom / 10) * 10;
}

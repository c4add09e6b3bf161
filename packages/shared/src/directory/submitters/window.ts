/**
 * Counts within a time that slides, in constant space: what was counted in the current period, and of the period
 * before it the share that is still within. Exact until the first period is over, afterwards as if the
 * period before had been filled evenly. Pure.
 */

export interface Window {
  /** Of the current period. */
  readonly startedAt: number;
  readonly count: number;
  /** In the period before. */
  readonly before: number;
}

export const emptyWindow: Window = { startedAt: 0, count: 0, before: 0 };

/** The window with `n` more. A clock that went back adds to the current period. */
export function add(window: Window, periodMs: number, now: number, n: number): Window {
  const current = at(window, periodMs, now);
  return { ...current, count: current.count + n };
}

/** What was counted within the last period. */
export function countOf(window: Window, periodMs: number, now: number): number {
  const { startedAt, count, before } = at(window, periodMs, now);
  const elapsed = Math.min(Math.max(now - startedAt, 0), periodMs);
  return count + before * (1 - elapsed / periodMs);
}

function at(window: Window, periodMs: number, now: number): Window {
  const { startedAt, count } = window;
  if (now < startedAt + periodMs) return window;
  if (now >= startedAt + 2 * periodMs) return { startedAt: now, count: 0, before: 0 };
  return { startedAt: startedAt + periodMs, count: 0, before: count };
}

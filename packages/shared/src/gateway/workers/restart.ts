/** When a worker that ended is started again. Pure. */

/** Whoever served for so long was well. */
const WELL_AFTER_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Ends in a row, none of them after a time in which it was well. */
export const endsAfter = (before: number, ranMs: number): number => (ranMs >= WELL_AFTER_MS ? 1 : before + 1);

/** The first time at once. */
export const restartAfterMs = (ends: number): number =>
  ends <= 1 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (ends - 2), LONGEST_WAIT_MS);

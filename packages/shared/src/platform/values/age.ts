/** Spans and moments of time as an operator reads them. */

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** The largest unit that fits: `45s`, `5m`, `2h`, `3d`. */
export function formatAge(ms: number): string {
  const [unit, size] = units.find(([, size]) => Math.abs(ms) >= size) ?? ['s', 1_000];
  return `${Math.floor(Math.abs(ms) / size)}${unit}`;
}

/** `2026-11-23 12:00:00Z (in 5m)`, `… (5m ago)`. */
export function formatMoment(at: number, now: number): string {
  const moment = new Date(at).toISOString().replace('T', ' ').slice(0, 19);
  return `${moment}Z (${at > now ? `in ${formatAge(at - now)}` : `${formatAge(now - at)} ago`})`;
}

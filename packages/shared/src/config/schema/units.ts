/**
 * Durations and sizes as operators write them: a whole number and a unit, `30s`, `25MB`.
 * Sizes count in 1024s: 1KB is 1024 bytes, 1MB is 1024KB. parse(format(x)) is x.
 */

const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 } as const;

/** Milliseconds; undefined when it is no whole number with a unit, or beyond what is counted exactly. */
export function parseDuration(text: string): number | undefined {
  return parse(text, /^(\d+)\s?(ms|[smhd])$/, durationUnits);
}

/** Bytes. Units may be in lower case. */
export function parseSize(text: string): number | undefined {
  return parse(text.toUpperCase(), /^(\d+)\s?([KMGT]?B)$/, sizeUnits);
}

export const formatDuration = (ms: number): string => format(ms, durationUnits);
export const formatSize = (bytes: number): string => format(bytes, sizeUnits);

function parse(text: string, form: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const [, count, unit = ''] = form.exec(text.trim()) ?? [];
  const value = Number(count) * (units[unit] ?? NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}

function format(value: number, units: Readonly<Record<string, number>>): string {
  const largestFirst = Object.entries(units).reverse();
  const [smallest] = largestFirst.at(-1)!;
  const [unit, factor] = largestFirst.find(([, factor]) => value !== 0 && value % factor === 0) ?? [
    smallest,
    1,
  ];
  return `${value / factor}${unit}`;
}

/**
 * What is remembered of one local server's attempts: how many failed, and how long those took that did not. Averages
 * that forget: the last twenty or thirty attempts are what counts. Pure.
 */
export interface ServerRecord {
  /** Attempts behind the averages; more than enough of them is not counted. */
  readonly attempts: number;
  /** 0 to 1. */
  readonly errorRate: number;
  /** Of successful attempts; 0 before the first. */
  readonly latencyMs: number;
}

export const noRecord: ServerRecord = { attempts: 0, errorRate: 0, latencyMs: 0 };

const WEIGHT = 0.05;
/** Fewer attempts say too little to compare servers by. */
const ENOUGH = 20;

/** `tookMs` of a success; null of a failure. */
export function recorded(
  { attempts, errorRate, latencyMs }: ServerRecord,
  tookMs: number | null,
): ServerRecord {
  // The first attempts are averaged evenly, or the very first would count for too long.
  const weight = Math.max(WEIGHT, 1 / (attempts + 1));
  const mix = (old: number, now: number): number => old + weight * (now - old);
  return {
    attempts: Math.min(attempts + 1, ENOUGH),
    errorRate: mix(errorRate, tookMs === null ? 1 : 0),
    latencyMs: tookMs === null ? latencyMs : latencyMs === 0 ? tookMs : mix(latencyMs, tookMs),
  };
}

/** How much worse than the others a server must be. */
const ERRORS_MORE = 0.2;
const LATENCY_TIMES = 4;
const LATENCY_MORE_MS = 500;

/** Far worse than what is usual among the others. Without others that have been tried enough nothing is far. */
export function isOutlier(mine: ServerRecord, others: readonly ServerRecord[]): boolean {
  const tried = others.filter(({ attempts }) => attempts >= ENOUGH);
  if (mine.attempts < ENOUGH || tried.length === 0) return false;
  const errors = median(tried.map(({ errorRate }) => errorRate));
  const latency = median(tried.map(({ latencyMs }) => latencyMs));
  return (
    mine.errorRate > errors + ERRORS_MORE ||
    mine.latencyMs > Math.max(latency * LATENCY_TIMES, latency + LATENCY_MORE_MS)
  );
}

/** Of two the worse: with doubt about what is usual, nobody is far from it. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/**
 * What one message costs a gateway: CPU seconds of all its workers for each message that it accepted. Pure.
 *
 * It is learnt while the gateway works, with the checks and the mail that it really has. An interval counts only when it is busy, since
 * in a quiet one the CPU time is that of timers and heartbeats. What is learnt stays within half and twice what `mailpair capacity`
 * measured, so that a flood of mail that is refused, which costs CPU and is not accepted, cannot make the cost absurd.
 */

/** What all workers did in an interval. */
export interface Work {
  readonly cpuSeconds: number;
  /** Messages that were accepted. */
  readonly messages: number;
  /** Those of them that are the main duty of the gateway: submissions for outbound, all for inbound. */
  readonly dutyMessages: number;
}

export const noWork: Work = { cpuSeconds: 0, messages: 0, dutyMessages: 0 };

export const addWork = (a: Work, b: Work): Work => ({
  cpuSeconds: a.cpuSeconds + b.cpuSeconds,
  messages: a.messages + b.messages,
  dutyMessages: a.dutyMessages + b.dutyMessages,
});

export interface CostBounds {
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/** How long an interval is. */
export const INTERVAL_MS = 10_000;
/** An interval is busy with so many messages and so much of one core. */
const BUSY_MESSAGES = 20;
const BUSY_CORES = 0.2;
/** Part that one busy interval has in the average: it looks back some two minutes of work. */
const WEIGHT = 0.1;
/** From the fastest machine with no checks to a slow one with all of them. */
const USUAL: CostBounds = { leastSeconds: 0.0005, mostSeconds: 0.1 };

export const boundsOf = (measuredSeconds: number | undefined): CostBounds =>
  measuredSeconds === undefined
    ? USUAL
    : { leastSeconds: measuredSeconds / 2, mostSeconds: measuredSeconds * 2 };

export const isBusy = ({ cpuSeconds, messages }: Work, elapsedMs: number): boolean =>
  messages >= BUSY_MESSAGES && cpuSeconds * 1_000 >= BUSY_CORES * elapsedMs;

export const within = (seconds: number, { leastSeconds, mostSeconds }: CostBounds): number =>
  Math.min(Math.max(seconds, leastSeconds), mostSeconds);

/** After a busy interval. @param before undefined while nothing is known */
export function nextCost(before: number | undefined, work: Work, bounds: CostBounds): number {
  const now = within(work.cpuSeconds / work.messages, bounds);
  return before === undefined ? now : within(before + WEIGHT * (now - before), bounds);
}

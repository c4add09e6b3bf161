/**
 * When a process started: that tells it from a stranger who was given its number later, as in containers where every
 * gateway is 1.
 */
import { readFileSync } from 'node:fs';

/** In whatever unit the system counts; '-' where it does not say, 'ended' for one that has. */
export function startOf(pid: number): string {
  try {
    return startIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return '-';
  }
}

/**
 * As startOf, from a line of /proc/PID/stat (proc(5)). A process that has ended, all its threads too, holds nothing any more, though
 * its number is taken until its parent has asked for it: a worker's may be slow, when the supervisor is gone. While a
 * thread ends, its files are still open.
 */
export function startIn(stat: string): string {
  // The name of the program stands in parentheses and may contain anything; then come field 3, the state, and the others.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const hasEnded = ENDED.has(fields[0] ?? '') && Number(fields[17]) <= 1;
  return hasEnded ? 'ended' : (fields[19] ?? '-');
}

const ENDED = new Set(['Z', 'X']);

/** Whether the process with that number is still the one that started then. */
export function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(pid) === start;
}

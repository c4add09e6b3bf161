/**
 * When a process started: that tells it from a stranger who was given its number later, as in containers where every
 * gateway is 1.
 */
import { readFileSync } from 'node:fs';

/**
 * In whatever unit the system counts; '-' where it does not say. One that has ended holds nothing any more, though its number is
 * taken until its parent has asked for it: a worker's may be slow, when the supervisor is gone.
 */
export function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in parentheses and may contain anything; then come field 3, the state, and the others.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ENDED.has(fields[0]!) ? 'ended' : (fields[19] ?? '-');
  } catch {
    return '-';
  }
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

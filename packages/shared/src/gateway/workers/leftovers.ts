/**
 * What a supervisor that was killed leaves behind: workers that finish what is under way and end. One that hangs does not, and
 * would keep its slot and its part of the connections for ever. So each says in its slot which process it is and whose, and
 * who starts next waits for as long as draining may take, then ends those that are left.
 *
 * A process is ended only when number, start time and account are those of the slot, and its supervisor, told by number and
 * start time likewise, is gone. Where the system does not tell when a process started none is.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../../platform/log/log.ts';
import { isRunning, startOf } from '../../platform/process/process-start.ts';
import { createFileSync, readRegularSync } from '../../platform/files/regular-file.ts';
import { slotDirectories } from './slot.ts';

const LOOK_MS = 100;
/** So long a process that is killed may take to be gone: the kernel has its memory to give back. */
const DYING_MS = 5_000;

const markIn = (slot: string): string => join(slot, 'worker');

/** Says in its slot that this process is the worker. */
export function markWorker(
  slot: string,
  { pid, ppid }: Pick<NodeJS.Process, 'pid' | 'ppid'> = process,
): void {
  createFileSync(markIn(slot), `${pid} ${startOf(pid)} ${ppid} ${startOf(ppid)}\n`);
}

/** @param drainMs how long they may take to end by themselves */
export async function endLeftovers(spool: string, drainMs: number, log: Log): Promise<void> {
  const pids = leftoversIn(spool);
  if (pids.length === 0) return;
  log.warn('worker.orphaned', { pids, drainMs, fix: 'none: they are waited for, and ended where they hang' });
  for (const pid of await whoIsLeft(spool, drainMs)) {
    log.error('worker.hangs', { pid, fix: 'none: its supervisor is gone, it did not end, and is ended' });
    kill(pid);
  }
  await whoIsLeft(spool, DYING_MS);
}

async function whoIsLeft(spool: string, waitMs: number): Promise<number[]> {
  const until = performance.now() + waitMs;
  for (;;) {
    const pids = leftoversIn(spool);
    if (pids.length === 0 || performance.now() > until) return pids;
    await pause(LOOK_MS);
  }
}

function leftoversIn(spool: string): number[] {
  const account = statSync(spool, { throwIfNoEntry: false })?.uid;
  return slotDirectories(spool).flatMap((slot) => leftoverIn(slot, account) ?? []);
}

function leftoverIn(slot: string, account: number | undefined): number | undefined {
  try {
    const mark = /^(\d+) (\d+) (\d+) (\d+)\n$/.exec(readRegularSync(markIn(slot)).toString());
    if (!mark) return undefined;
    const [, pid = '', start = '', supervisor = '', supervisorStart = ''] = mark;
    if (!isRunning(Number(pid), start) || isRunning(Number(supervisor), supervisorStart)) return undefined;
    return accountOf(pid) === account ? Number(pid) : undefined;
  } catch {
    return undefined; // no worker has been there, or it is gone just now
  }
}

/** The real user id of a process (proc(5)). */
const accountOf = (pid: string): number =>
  Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? NaN);

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone just now, or not ours to end: then opening the spool names it.
  }
}

/**
 * Counts how often a candidate has the disk write everything before it goes on, by strace in a run of its own that
 * is never timed. Counted are the calls that sync, and writes to files opened with O_SYNC or O_DSYNC, which sync too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf } from './program.ts';

/** Could ask for a sync, but libuv uses it for other things: told, not added up. */
const ring = 'io_uring_enter';
const syncCalls = ['fsync', 'fdatasync', 'msync', 'sync_file_range', 'syncfs', 'sync', ring];
const writeCalls = ['pwrite64', 'pwritev', 'pwritev2'];
const openCalls = ['openat'];

export interface Tracer {
  /** Words to put before the command. */
  readonly words: readonly string[];
  /** Calls between two moments, in ms since 1970; to be asked when the traced program has ended. */
  count(since: number, until: number): Record<string, number>;
}

/** Null where there is no strace. */
export function openTracer(directory: string): Tracer | null {
  const strace = pathOf('strace');
  if (strace === null) return null;
  const file = join(directory, 'strace');
  const calls = [...syncCalls, ...writeCalls, ...openCalls].map((call) => `?${call}`).join(',');
  return {
    // --seccomp-bpf lets all other calls run at full speed, so that syncs are shared as they are without strace.
    words: [
      strace,
      '-f',
      '--seccomp-bpf',
      '-ttt',
      '-o',
      file,
      '-e',
      `trace=${calls}`,
      '-e',
      'signal=none',
      '-s',
      '0',
    ],
    count: (since, until) => countSyncs(readFileSync(file, 'latin1'), since, until),
  };
}

export function totalOf(calls: Readonly<Record<string, number>>): number {
  return Object.entries(calls).reduce((sum, [name, count]) => (name === ring ? sum : sum + count), 0);
}

/** Lines: `THREAD SECONDS call(arguments) = result`, or in two halves when another thread came between. */
const callLine = /^(\d+)\s+(\d+\.\d+) (\w+)\((.*)$/;
const secondHalf = /^(\d+)\s+\d+\.\d+ <\.\.\. (\w+) resumed>.* = (-?\d+)/;

export function countSyncs(trace: string, since: number, until: number): Record<string, number> {
  const counts: Record<string, number> = {};
  const syncing = new Set<string>();
  const opening = new Set<string>();
  for (const line of trace.split('\n')) {
    const resumed = secondHalf.exec(line);
    if (resumed?.[2] === 'openat' && opening.delete(resumed[1]!)) syncing.add(resumed[3]!);
    const [, thread = '', seconds = '', call = '', rest = ''] = callLine.exec(line) ?? [];
    if (call === 'openat') {
      const file = / = (\d+)/.exec(rest)?.[1];
      if (!/\bO_D?SYNC\b/.test(rest)) syncing.delete(file ?? '');
      else if (file === undefined) opening.add(thread);
      else syncing.add(file);
    } else if (isSync(call, rest, syncing)) {
      const at = Number(seconds) * 1000;
      if (at < since || at > until) continue;
      const name = writeCalls.includes(call) ? `${call} to O_DSYNC` : call;
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}

function isSync(call: string, rest: string, syncing: ReadonlySet<string>): boolean {
  if (writeCalls.includes(call)) return syncing.has(/^\d+/.exec(rest)?.[0] ?? '');
  return syncCalls.includes(call) && !(call === 'msync' && rest.includes('MS_ASYNC'));
}

/**
 * A limit of memory for one process and its children, as a container has one. By control groups, version 1 or 2; needs root.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { skipBecause } from '../support/skip.ts';

export interface MemoryGroup {
  /** The words that a command is put behind to run there. */
  readonly within: readonly string[];
  /** How often the kernel has ended a process there, because the limit was reached. */
  kills(): number;
  /** The most that was used at a time, with the page cache. */
  mostBytes(): number;
  /** To be called when its processes have ended. */
  close(): void;
}

const ROOT = '/sys/fs/cgroup';
const JOIN = 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"';

/** The files of each version: the limit, what was used, and where kills are counted. */
const FILES = {
  1: { limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes', events: 'memory.oom_control' },
  2: { limit: 'memory.max', peak: 'memory.peak', events: 'memory.events' },
} as const;

/** The running test, or its whole suite in `before`, is skipped where it is not possible. */
export function openMemoryGroup(context: Context, name: string, limitBytes: number): MemoryGroup {
  if (process.getuid?.() !== 0)
    skipBecause(context, 'only root can limit the memory of a process: run it as root');
  const version = existsSync(join(ROOT, 'cgroup.controllers')) ? 2 : 1;
  const files = FILES[version];
  const directory = join(version === 2 ? ROOT : join(ROOT, 'memory'), `mailpair-${process.pid}-${name}`);
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
  try {
    if (version === 2) writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+memory');
    mkdirSync(directory);
    writeFileSync(join(directory, files.limit), String(limitBytes));
  } catch (error) {
    skipBecause(
      context,
      `${directory} cannot be made, so no memory can be limited: ${(error as Error).message}`,
    );
  }
  if (version === 2) writeFileSync(join(directory, 'memory.swap.max'), '0');
  return {
    within: ['sh', '-c', JOIN, 'sh', directory],
    kills: () => Number(/^oom_kill (\d+)$/m.exec(read(files.events))?.[1] ?? NaN),
    mostBytes: () => Number(read(files.peak)),
    close: () => rmdirSync(directory),
  };
}

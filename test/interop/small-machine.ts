/**
 * A share of this machine's processors for one process, as if it were a machine of its own: what it uses is bounded by
 * a quota, and the CPU pressure it reads is that of its own tasks. By control groups, version 1 or 2; needs root.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { skipBecause } from '../support/skip.ts';

export interface SmallMachine {
  /** The words that a command is put behind to run there. */
  readonly within: readonly string[];
  /** Processors it may use, such as 0.25; null for all. */
  limit(processors: number | null): void;
  /** To be called when its process has ended. */
  close(): void;
}

const PERIOD_US = 50_000;

const MOUNT_PRESSURE_AND_JOIN =
  'if [ -e "$1/cpu.pressure" ]; then mount --bind "$1/cpu.pressure" /proc/pressure/cpu; fi; ' +
  'echo $$ > "$1/cgroup.procs" && echo $$ > "$2/cgroup.procs" && shift 2 && exec "$@"';

interface Hierarchies {
  /** Where pressure is counted, and where quotas are set; one and the same with version 2. */
  readonly pressure: string;
  readonly quota: string;
  readonly version: 1 | 2;
}

function hierarchies(): Hierarchies | undefined {
  const root = '/sys/fs/cgroup';
  if (existsSync(join(root, 'cgroup.controllers'))) {
    try {
      writeFileSync(join(root, 'cgroup.subtree_control'), '+cpu');
      return { pressure: root, quota: root, version: 2 };
    } catch {
      return undefined;
    }
  }
  const quota = ['cpu', 'cpu,cpuacct']
    .map((name) => join(root, name))
    .find((path) => existsSync(join(path, 'cgroup.procs')));
  const pressure = join(root, 'unified');
  return quota !== undefined && existsSync(pressure) ? { pressure, quota, version: 1 } : undefined;
}

/** The running test, or its whole suite in `before`, is skipped where it is not possible. */
export function openSmallMachine(context: Context, name: string): SmallMachine {
  const found = process.getuid?.() === 0 ? hierarchies() : undefined;
  if (!found)
    return skipBecause(context, 'needs root and control groups that may be written, to slow a node');
  const { version } = found;
  const group = `mailpair-${process.pid}-${name}`;
  const [pressure, quota] = [join(found.pressure, group), join(found.quota, group)];
  const folders = [...new Set([pressure, quota])];
  try {
    for (const folder of folders) mkdirSync(folder);
  } catch {
    return skipBecause(context, `${quota} cannot be made, so no node can be slowed`);
  }
  return {
    within: ['unshare', '--mount', 'sh', '-c', MOUNT_PRESSURE_AND_JOIN, 'sh', pressure, quota],
    limit(processors) {
      const us = processors === null ? null : Math.round(processors * PERIOD_US);
      if (version === 2) return writeFileSync(join(quota, 'cpu.max'), `${us ?? 'max'} ${PERIOD_US}`);
      writeFileSync(join(quota, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(join(quota, 'cpu.cfs_quota_us'), String(us ?? -1));
    },
    close() {
      for (const folder of folders) if (isEmpty(folder)) rmdirSync(folder);
    },
  };
}

const isEmpty = (folder: string): boolean =>
  existsSync(folder) && readFileSync(join(folder, 'cgroup.procs'), 'utf8').trim() === '';

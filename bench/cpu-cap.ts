/**
 * Lets a process have no more than a share of a core, by a cgroup of its own (version 1 or 2), so that a machine with few cores
 * shows what one with more would: the cores are never the limit. Only root can.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd } from './endings.ts';

const V1 = '/sys/fs/cgroup/cpu';
const V2 = '/sys/fs/cgroup';
/** Short, so that a process is stopped often and briefly. */
const PERIOD_US = 10_000;

const isV1 = (): boolean => existsSync(join(V1, 'cpu.cfs_quota_us')) || existsSync(join(V1, 'cgroup.procs'));

/** Why nothing can be capped here; null when it can. */
export function capObstacle(): string | null {
  if (process.getuid?.() !== 0) return 'only root can cap the CPU of a process';
  if (isV1()) return null;
  const controllers = join(V2, 'cgroup.subtree_control');
  const has = existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s/).includes('cpu');
  return has ? null : 'no cgroup here has the cpu controller';
}

/** @returns how to end it. @throws when the system does not let us */
export function capCpu(pid: number, share: number): () => Promise<void> {
  const [root, file, text] = isV1()
    ? [V1, 'cpu.cfs_quota_us', String(PERIOD_US * share)]
    : [V2, 'cpu.max', `${PERIOD_US * share} ${PERIOD_US}`];
  const group = join(root, `mailpair-bench-${pid}`);
  mkdirSync(group);
  const end = atEnd(() => {
    if (existsSync(`/proc/${pid}`)) writeFileSync(join(root, 'cgroup.procs'), String(pid));
    rmdirSync(group);
  });
  if (isV1()) writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
  writeFileSync(join(group, file), text);
  writeFileSync(join(group, 'cgroup.procs'), String(pid));
  return end;
}

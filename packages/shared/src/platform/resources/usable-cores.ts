/** How many cores the processes of this host may use: those there are, or less where a control group has a quota (Linux). */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { placesBelow } from './group-memory.ts';

/** @param root where `proc` is; another directory in tests */
export function usableCores(root = '/', cores = availableParallelism()): number {
  const { unified, cpu } = placesBelow(root);
  const quotas = [
    ...unified.map((group) => unifiedQuota(join(root, group))),
    ...cpu.map((group) => firstQuota(join(root, group))),
  ];
  return Math.min(cores, ...quotas);
}

/** `50000 100000` or `max 100000`. The root of the hierarchy has no such file. */
function unifiedQuota(group: string): number {
  const [quota, period] = textOf(join(group, 'cpu.max')).split(' ').map(Number);
  return coresOf(quota, period);
}

/** -1 where there is no quota. */
const firstQuota = (group: string): number =>
  coresOf(Number(textOf(join(group, 'cpu.cfs_quota_us'))), Number(textOf(join(group, 'cpu.cfs_period_us'))));

const coresOf = (quota: number | undefined, period: number | undefined): number =>
  quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : Infinity;

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

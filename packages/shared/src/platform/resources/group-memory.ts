/**
 * How much memory the control groups of this process use, and how much they may (Linux, versions 1 and 2). Files in the page cache do
 * not count: they fill every limit, and the kernel takes them away when something else needs their place.
 */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { groupPlaces } from './control-groups.ts';

export interface MemoryUse {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

export const leftOf = ({ usedBytes, limitBytes }: MemoryUse): number => limitBytes - usedBytes;

interface Files {
  readonly limit: string;
  readonly used: string;
  /** Of memory.stat, what the kernel can take away. */
  readonly reclaimable: readonly string[];
}

const UNIFIED: Files = {
  limit: 'memory.max',
  used: 'memory.current',
  reclaimable: ['active_file', 'inactive_file', 'slab_reclaimable'],
};
const FIRST: Files = {
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  reclaimable: ['total_active_file', 'total_inactive_file'],
};

/**
 * Tells the use of the group with the least left: the own one, or one around it, since whatever is reached first ends a process.
 * Undefined while no group has a limit below the memory of the host.
 * @param root where `proc` is; another directory in tests
 */
export function openGroupMemory(root = '/', hostBytes = totalmem()): () => MemoryUse | undefined {
  const { memory, unified } = placesBelow(root);
  const files = memory.length > 0 ? FIRST : UNIFIED;
  const groups = memory.length > 0 ? memory : unified;
  return () =>
    groups
      .flatMap((group) => useOf(join(root, group), files, hostBytes) ?? [])
      .toSorted((a, b) => leftOf(a) - leftOf(b))[0];
}

/** The groups of this process. Empty where the system does not tell. */
export function placesBelow(root: string): ReturnType<typeof groupPlaces> {
  const read = (name: string): string => readFileSync(join(root, 'proc/self', name), 'utf8');
  try {
    return groupPlaces(read('cgroup'), read('mountinfo'));
  } catch {
    return { unified: [], memory: [], cpu: [] };
  }
}

function useOf(directory: string, files: Files, hostBytes: number): MemoryUse | undefined {
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  try {
    const limitBytes = Number(read(files.limit)); // NaN of `max`
    if (!(limitBytes <= hostBytes)) return undefined;
    return { limitBytes, usedBytes: workingBytes(read(files.used), read('memory.stat'), files.reclaimable) };
  } catch {
    return undefined; // the root of the hierarchy has no limit, and no such file
  }
}

function workingBytes(used: string, stat: string, reclaimable: readonly string[]): number {
  const bytesOf = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return Math.max(
    0,
    reclaimable.reduce((left, name) => left - bytesOf(name), Number(used)),
  );
}

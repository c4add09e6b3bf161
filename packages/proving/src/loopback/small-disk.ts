/**
 * Mounts a small disk in memory for the spools, which can be filled completely. Only root may mount one;
 * other accounts can use `queue.minFree` instead.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SmallDisk {
  /** Uses all free space. */
  fill(): void;
  empty(): void;
  /** @throws while a file on the disk is open for writing */
  setReadOnly(is: boolean): Promise<void>;
  unmount(): Promise<void>;
}

const run = promisify(execFile);
const PIECES = [1024 ** 2, 4096, 1];

/** Undefined if the disk cannot be mounted. */
export async function mountSmallDisk(directory: string, sizeBytes: number): Promise<SmallDisk | undefined> {
  mkdirSync(directory, { recursive: true });
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=700`, 'tmpfs', directory]);
  } catch {
    return undefined;
  }
  const filler = join(directory, 'filler');
  return {
    fill() {
      for (const size of PIECES)
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
        } catch {
          // No space is left for a piece of this size.
        }
    },
    empty: () => rmSync(filler, { force: true }),
    async setReadOnly(is) {
      await run('mount', ['-o', `remount,${is ? 'ro' : 'rw'}`, directory]);
    },
    async unmount() {
      await run('umount', [directory]);
    },
  };
}

/**
 * A small disk of its own for the spools, in memory, that can be filled to the last octet. Only root may mount one;
 * others can do with `queue.minFree`.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SmallDisk {
  /** Leaves no room, for anybody. */
  fill(): void;
  empty(): void;
  /** @throws while a file on it is open to be written */
  setReadOnly(is: boolean): Promise<void>;
  unmount(): Promise<void>;
}

const run = promisify(execFile);
const PIECES = [1024 ** 2, 4096, 1];

/** Undefined where it cannot be done. */
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
          // No room for a piece of this size.
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

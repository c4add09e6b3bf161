/** A directory with the files in which Linux tells of itself, to be read in the place of `/`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What each file holds, by its path below the root. */
export type MachineFiles = Readonly<Record<string, string>>;

export interface Machine {
  readonly root: string;
  /** Writes further files, or others in their place. */
  write(files: MachineFiles): void;
  remove(): void;
}

export function createMachine(files: MachineFiles): Machine {
  const root = mkdtempSync(join(tmpdir(), 'mailpair-machine-'));
  const machine: Machine = {
    root,
    write(more) {
      for (const [path, text] of Object.entries(more)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  machine.write(files);
  return machine;
}

/** What a process in such a group of version 2 reads of it. */
export const inUnifiedGroup = (path: string): MachineFiles => ({
  'proc/self/cgroup': `0::${path}\n`,
  'proc/self/mountinfo': '41 31 0:38 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n',
});

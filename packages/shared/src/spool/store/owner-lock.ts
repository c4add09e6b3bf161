/** Says which process owns a spool: a file with its id and start time. The lock of a dead process is taken over. */
import { linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, startOf } from '../../platform/process/process-start.ts';
import { createFileSync, readRegularSync } from '../../platform/files/regular-file.ts';

export interface OwnerLock {
  /** Its owner before did not release it: it was killed, or the power went. */
  readonly wasLeft: boolean;
  release(): void;
}

/** @throws Error that names the owner when that is alive */
export function lockSpool(directory: string): OwnerLock {
  const path = ownerFile(directory);
  const mine = `${process.pid} ${startOf(process.pid)}\n`;
  const draft = `${path}.${process.pid}`;
  createFileSync(draft, mine);
  let wasLeft = false;
  try {
    for (;;) {
      if (placed(draft, path)) return { wasLeft, release: () => rmSync(path, { force: true }) };
      const pid = liveOwner(directory);
      if (pid !== undefined)
        throw new Error(
          `The spool ${directory} is in use by process ${pid}` +
            `${pid === process.pid ? ' (this one)' : ''}: stop that gateway first, or give this one another "spool"`,
        );
      wasLeft = true;
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

const ownerFile = (directory: string): string => join(directory, 'owner');

function placed(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds the lock, or undefined when it is gone. */
export function liveOwner(directory: string): number | undefined {
  let owner: string;
  try {
    owner = readRegularSync(ownerFile(directory)).toString();
  } catch {
    return undefined;
  }
  const [number, start = ''] = owner.trim().split(' ');
  const pid = Number(number);
  return pid > 0 && isRunning(pid, start) ? pid : undefined;
}

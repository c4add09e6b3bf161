/** The drain of a gateway in its spool directory, where it outlives a restart and is found while the gateway is stopped. */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatDrain, isOver, parseDrain, type Drain } from './drain.ts';
import { createFileSync, readRegularSync } from '../../platform/files/regular-file.ts';

export const drainPath = (spool: string): string => join(spool, 'drain.json');

/** Null where there is none, or it is over. @throws when there is a file that cannot be read */
export function readDrain(spool: string, now: number): Drain | null {
  const path = drainPath(spool);
  const text = textAt(path);
  if (text === null) return null;
  const drain = parseDrain(text);
  if (!drain)
    throw new Error(`${path} holds no drain: run "mailpair undrain", then "mailpair drain" if you need one`);
  return isOver(drain, now) ? null : drain;
}

/** @throws when it cannot be written; then the drain is as it was */
export function keepDrain(spool: string, drain: Drain | null): void {
  const path = drainPath(spool);
  if (!drain) return rmSync(path, { force: true });
  createFileSync(`${path}.new`, formatDrain(drain));
  renameSync(`${path}.new`, path);
}

function textAt(path: string): string | null {
  try {
    return readRegularSync(path).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The directories of a spool, made for this account alone (0700). */
import { accessSync, closeSync, constants, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface SpoolDirectory {
  /** The directory itself. */
  readonly base: string;
  readonly bodies: string;
  readonly incoming: string;
}

/** @throws Error that names the directory, the account and the fix when one cannot be used */
export function openDirectory(base: string): SpoolDirectory {
  const made = { base, bodies: join(base, 'bodies'), incoming: join(base, 'incoming') };
  for (const path of Object.values(made)) makeUsable(path);
  return made;
}

/**
 * Puts the names of what is in a spool, and its own, on disk: without it a power cut may leave files that nothing leads to.
 * Many file systems do so with the file; POSIX does not say it.
 */
export function syncNames(base: string): void {
  syncDirectory(base);
  try {
    syncDirectory(dirname(base));
  } catch {
    // The directory around it may be closed to this account; whoever made the spool there has seen to it.
  }
}

export function syncDirectory(path: string): void {
  const directory = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function makeUsable(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const uid = process.getuid?.() ?? 'unknown';
    throw new Error(
      `The spool directory ${path} cannot be used by uid ${uid}: ${(error as Error).message}. ` +
        `Create it for that account (install -d -m 0700 -o ${uid} ${path}) or set "spool" to another directory`,
      { cause: error },
    );
  }
}

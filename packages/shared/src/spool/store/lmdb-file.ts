/**
 * Looks at the file of the map before LMDB does, because LMDB (3.5.6) ends the process with a segmentation fault when
 * it cannot open it. The operator gets the path and the fix instead.
 */
import { accessSync, closeSync, constants, lstatSync, readSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { openRegularSync } from '../../platform/files/regular-file.ts';

const pageBytes = 4096;
/** In each of the first two pages: the number that marks an LMDB file, and the version of its format. */
const mark = Buffer.from('dec0efbe02000000', 'hex');
const markAt = 24;
const newFileBytes = 2 ** 18;

/** @throws Error when the file is not one that LMDB can open, or when there is none and no room to make one */
export function checkFile(path: string): void {
  for (const file of [path, `${path}-lock`]) refuseUnusable(file);
  const head = readHead(path);
  if (head.length === 0) {
    refuseFullDisk(path);
    return;
  }
  const marked = [0, pageBytes].every((page) =>
    head
      .subarray(page + markAt)
      .subarray(0, mark.length)
      .equals(mark),
  );
  if (!marked)
    throw new Error(
      `${path} is damaged or is no queue of this version: keep a copy, then restore it from a snapshot, ` +
        'or move it away to start with an empty queue',
    );
}

function refuseUnusable(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false)
    throw new Error(
      `${file} is no regular file: put the queue itself there, or move this away to start with an empty queue`,
    );
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    const uid = process.getuid?.() ?? 'unknown';
    throw new Error(`${file} cannot be used by uid ${uid}: give it to that account (chown ${uid} ${file})`, {
      cause: error,
    });
  }
}

/** The first two pages, or nothing when there is no file yet. */
function readHead(path: string): Buffer {
  const head = Buffer.alloc(2 * pageBytes);
  let file: number;
  try {
    file = openRegularSync(path);
  } catch {
    return head.subarray(0, 0);
  }
  try {
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}

function refuseFullDisk(path: string): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < newFileBytes)
    throw new Error(`There is no room for a queue in ${dirname(path)}: free some space on this disk`);
}

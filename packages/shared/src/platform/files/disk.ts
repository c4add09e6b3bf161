/** Free space on the file system of a path, in octets, as an unprivileged process may use it. */
import { statfsSync } from 'node:fs';

export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

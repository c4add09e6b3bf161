/** Why this process cannot read a file, and the commands that let it. */
import { accessSync, constants, readlinkSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { accessFaultOf, type AccessFault, type Account, type PathStats } from './file-access.ts';
import { pathsTo } from '../process/privileges.ts';

/** What the kernel follows before it gives up (path_resolution(7)). */
const MOST_LINKS = 40;

/** The account that this process has now. */
export function currentAccount(): Account {
  const uid = process.geteuid?.() ?? 0;
  const gids = [process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])];
  return { name: nameOf(uid), uid, gids };
}

/** Undefined where owner and mode do not explain it. */
export const whyUnreadable = (path: string): AccessFault | undefined =>
  accessFaultOf(currentAccount(), statsTo(path));

/** Undefined where the system lets this process read it, or where it is not there. */
export function refusalOf(path: string): AccessFault | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? whyUnreadable(path) : undefined;
  }
}

export function statsOf(path: string): PathStats {
  const stats = statSync(path);
  const { uid, gid, mode } = stats;
  return { path, isDirectory: stats.isDirectory(), uid, gid, mode: mode & 0o777 };
}

/** The directories on the way to it and the file itself, as far as this process gets. */
function statsTo(path: string, links = 0): PathStats[] {
  const found: PathStats[] = [];
  for (const step of pathsTo(resolve(path)).toReversed())
    try {
      found.push(statsOf(step));
    } catch {
      return links < MOST_LINKS ? [...found, ...statsBehind(step, links + 1)] : found;
    }
  return found;
}

/** The way to what a symbolic link names. */
function statsBehind(link: string, links: number): PathStats[] {
  try {
    return statsTo(resolve(dirname(link), readlinkSync(link)), links);
  } catch {
    return [];
  }
}

function nameOf(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    return `of uid ${uid}`;
  }
}

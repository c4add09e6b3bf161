/**
 * Nothing of mailpair needs root. A gateway runs as the account that owns its spool; ports below 1024 take
 * CAP_NET_BIND_SERVICE. A command that root runs becomes that account before it opens anything in the spool: whoever owns a
 * directory can put a link in place of any file of it, and root would read, overwrite or give away what the link names.
 */
import { existsSync, lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';

export const isRoot = (): boolean => process.geteuid?.() === 0 || process.getuid?.() === 0;

let name: string | undefined;

/** The account that this process changed to; undefined where it did not. */
export const becameAccount = (): string | undefined => name;

/**
 * As root, becomes the owner of the first directory that does not belong to root: for good, with all its groups. One that is
 * missing belongs to whoever can make it, which is the owner of the directory around it; those that are there come first.
 * Stays root where all of them are root's, as in a container that is thrown away.
 * @throws when another account could exchange a directory of root's, or the process could become root again
 */
export function becomeOwnerOf(directories: readonly string[]): void {
  if (!isRoot()) return;
  const there = directories.filter((directory) => existsSync(directory));
  const owner = [...there, ...directories].map(ownerOf).find(({ uid }) => uid !== 0);
  if (owner) become(owner);
}

function ownerOf(directory: string): Stats {
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (!stats) return ownerOf(dirname(resolve(directory)));
  if (stats.uid === 0) expectOnlyRoots(directory);
  return stats;
}

const STICKY = 0o1000;
const WRITABLE_BY_ALL = 0o002;
const WRITABLE_BY_OTHERS = 0o022;

/** @throws when somebody else than root could put another directory in the place of this one, or write in it */
function expectOnlyRoots(directory: string): void {
  const real = realpathSync(directory);
  for (const path of new Set([...pathsTo(resolve(directory)), ...pathsTo(real)])) {
    const stats = lstatSync(path);
    if (stats.uid === 0 && !othersMayChange(stats, path === real)) continue;
    const why = stats.uid === 0 ? 'others than root may write there' : `it belongs to uid ${stats.uid}`;
    throw new Error(
      `root does not open ${directory}, because it could be exchanged at ${path} (${why}): ` +
        `give ${directory} to the account of the gateway, and run the gateway as that account`,
    );
  }
}

/** In a directory with the sticky bit, as /tmp is, nobody exchanges what belongs to another (inode(7)). */
const othersMayChange = (stats: Stats, isLast: boolean): boolean =>
  !stats.isSymbolicLink() &&
  (stats.mode & (stats.gid === 0 ? WRITABLE_BY_ALL : WRITABLE_BY_OTHERS)) !== 0 &&
  (isLast || (stats.mode & STICKY) === 0);

/** From the path itself up to the root of the file system. */
export function pathsTo(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...pathsTo(parent)];
}

function become(owner: Stats): void {
  const account = accountOf(owner);
  if (account.name === undefined) process.setgroups!([account.gid]);
  else process.initgroups!(account.name, account.gid);
  process.setgid!(account.gid);
  process.setuid!(owner.uid); // as root: the real, the effective and the saved one (setuid(2))
  if (canBeRoot()) throw new Error(`cannot give up root for uid ${owner.uid}: run this as that account`);
  name = account.name ?? `uid ${owner.uid}`;
}

/** Node looks up only the account that the process has: it has it for a moment. */
function accountOf({ uid, gid }: Stats): { readonly name?: string; readonly gid: number } {
  process.seteuid!(uid);
  try {
    const { username, gid: primary } = userInfo();
    return { name: username, gid: primary };
  } catch {
    return { gid: gid === 0 ? uid : gid }; // no account of this system; never the group of root
  } finally {
    process.seteuid!(0);
  }
}

function canBeRoot(): boolean {
  try {
    process.setuid!(0);
    return true;
  } catch {
    return isRoot();
  }
}

/**
 * Makes what belongs to root and to the group of that directory; `shared` where that is another group than root's.
 * Run by another account, it makes what that account would make.
 */
export function withGroupOf<T>(directory: string, make: (shared: boolean) => T): T {
  const { gid } = statSync(directory);
  if (!isRoot() || gid === 0) return make(false);
  const before = { gid: process.getegid!(), umask: process.umask(0o027) };
  try {
    process.setegid!(gid);
    return make(true);
  } finally {
    process.setegid!(before.gid);
    process.umask(before.umask);
  }
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace NodeJS {
    interface Process {
      /** In Node since 0.9, on POSIX; missing from its types. */
      initgroups?(user: string | number, extraGroup: string | number): void;
    }
  }
}

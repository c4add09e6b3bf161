/**
 * Whether an account may read a file, judged by owner, group and mode of the file and of the directories that lead to it
 * (path_resolution(7)). Pure. An access control list shows only as the mode of the group: the system decides, this explains.
 */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** The group that its files get first, then the others. */
  readonly gids: readonly number[];
}

export interface PathStats {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly uid: number;
  readonly gid: number;
  /** The permissions only, 0 to 0o777. */
  readonly mode: number;
}

export interface AccessFault {
  readonly problem: string;
  /** Shell commands for root. */
  readonly fix: string;
}

const OWNER = 6;
const GROUP = 3;
const OTHERS = 0;

const READ = 0o4;
const SEARCH = 0o1;
const letters: Readonly<Record<number, string>> = { [READ]: 'r', [SEARCH]: 'x', [READ | SEARCH]: 'rx' };

/** @param paths the directories from the root on, then what is to be read: a file, or a directory with its names */
export function accessFaultOf(account: Account, paths: readonly PathStats[]): AccessFault | undefined {
  if (account.uid === 0) return undefined;
  const obstacles = paths
    .map((stats, index) => ({ ...stats, needed: neededOf(stats, index === paths.length - 1) }))
    .filter((stats) => !grants(stats, classOf(account, stats), stats.needed));
  if (obstacles.length === 0) return undefined;
  const why = obstacles.map(
    ({ path, uid, gid, mode }) =>
      `${path} belongs to uid ${uid} and gid ${gid} with mode ${mode.toString(8)}`,
  );
  return {
    problem: `cannot be read by the account ${account.name}: ${why.join(', ')}`,
    fix: [...new Set(obstacles.map((stats) => fixFor(account, stats, stats.needed)))].join(' && '),
  };
}

/** Whether accounts other than the owner of a secret and the account that needs it may read or change it. */
export const isTooOpen = (account: Account, { uid, mode }: PathStats): boolean =>
  (mode & (uid === account.uid ? 0o077 : 0o027)) !== 0;

export const closingFix = (account: Account, stats: PathStats): string =>
  stats.uid === account.uid ? `chmod 600 ${stats.path}` : withGroup(account, stats, 'chmod 640');

const neededOf = ({ isDirectory }: PathStats, isLast: boolean): number =>
  isDirectory ? (isLast ? READ | SEARCH : SEARCH) : READ;

const grants = ({ mode }: PathStats, shift: number, needed: number): boolean =>
  ((mode >> shift) & needed) === needed;

const classOf = ({ uid, gids }: Account, stats: PathStats): number =>
  stats.uid === uid ? OWNER : gids.includes(stats.gid) ? GROUP : OTHERS;

function fixFor(account: Account, stats: PathStats, needed: number): string {
  const { path, isDirectory, gid } = stats;
  if (stats.uid === account.uid) return `chmod u+${letters[needed]} ${path}`;
  const isSharedByGroup = gid !== 0 && !account.gids.includes(gid) && grants(stats, GROUP, needed);
  if (isSharedByGroup) return `usermod -aG ${gid} ${account.name}`;
  return withGroup(account, stats, isDirectory ? `chmod g+${letters[needed]}` : 'chmod 640');
}

const withGroup = ({ gids }: Account, { path, gid }: PathStats, chmod: string): string =>
  `${gids.includes(gid) ? '' : `chgrp ${gids[0]} ${path} && `}${chmod} ${path}`;

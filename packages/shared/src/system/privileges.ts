/** Root is needed to bind low ports and to read keys; after that a gateway runs as an account of its own. */
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';

/** As the configuration has it: `user` null stays what we are. */
export interface Account {
  readonly user: string | null;
  readonly group: string | null;
}

/**
 * As root, makes a directory and gives it to the account. Otherwise does nothing: whoever opens it says what is wrong.
 * @throws when the account does not exist
 */
export function ownDirectory(directory: string, account: Account): void {
  const ids = idsOf(account);
  if (!ids) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chownSync(directory, ids.uid, ids.gid);
}

/**
 * As root, lets the account read a file or directory that stays root's. Otherwise does nothing.
 * @throws when the account does not exist
 */
export function letRead(path: string, mode: number, account: Account): void {
  const ids = idsOf(account);
  if (!ids) return;
  chownSync(path, 0, ids.gid);
  chmodSync(path, mode);
}

/**
 * Gives up root for the account, groups first.
 * @throws when the account does not exist or the process may not change to it
 */
export function dropPrivileges(account: Account): void {
  if (account.user === null || process.getuid?.() !== 0) return;
  const group = account.group ?? account.user;
  try {
    process.initgroups!(account.user, group);
    process.setgid!(group);
    process.setuid!(account.user);
  } catch (error) {
    throw noSuchAccount(account.user, group, error as Error);
  }
}

const CAP_NET_BIND_SERVICE = 10n;

/** Whether this process may bind that port, as the account it is now (capabilities(7), ip(7)). */
export function mayBind(port: number): boolean {
  try {
    const firstFree = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'latin1'));
    if (port >= firstFree) return true;
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_NET_BIND_SERVICE) & 1n) === 1n;
  } catch {
    return port >= 1024 || process.geteuid?.() === 0; // no Linux
  }
}

/** Node knows accounts only by becoming them: for a moment, and not for good. */
function idsOf({ user, group }: Account): { uid: number; gid: number } | undefined {
  if (user === null || process.getuid?.() !== 0) return undefined;
  try {
    process.setegid!(group ?? user);
    process.seteuid!(user);
    return { uid: process.geteuid!(), gid: process.getegid!() };
  } catch (error) {
    throw noSuchAccount(user, group ?? user, error as Error);
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

const noSuchAccount = (user: string, group: string, cause: Error): Error =>
  new Error(
    `cannot change to user “${user}” and group “${group}”: ${cause.message}` +
      ' (create them, for instance by the sysusers.d file that comes with the package, or set user and group)',
    { cause },
  );

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace NodeJS {
    interface Process {
      /** In Node since 0.9, on POSIX; missing from its types. */
      initgroups?(user: string | number, extraGroup: string | number): void;
    }
  }
}

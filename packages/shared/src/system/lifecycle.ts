/**
 * The life of a gateway process: privileges, signals, the way out.
 */
import type { Log } from './log.ts';

export interface Running {
  /** Takes what it can from the configuration again. */
  reload(): Promise<void>;
  /** Drains: no new sessions, messages under way are finished, the rest stays on disk. */
  close(): Promise<void>;
}

/**
 * Gives up root for the account in the configuration, groups first.
 * @throws when the account does not exist or the process may not change to it
 */
export function dropPrivileges(user: string | null, group: string | null): void {
  if (user === null || process.getuid?.() !== 0) return;
  try {
    (process as { initgroups?(user: string, group: string): void }).initgroups?.(user, group ?? user);
    process.setgid?.(group ?? user);
    process.setuid?.(user);
  } catch (error) {
    throw new Error(
      `cannot change to user “${user}” and group “${group ?? user}”: ${(error as Error).message}` +
        ` (create them, e.g. by the sysusers.d file that comes with the package, or set user and group)`,
      { cause: error },
    );
  }
}

/**
 * SIGTERM and SIGINT drain and exit 0, a second one exits at once; SIGHUP reloads. A drain that takes longer than
 * `shutdownTimeoutMs` is cut off: what is not finished is on disk or was never acknowledged.
 */
export function superviseProcess(running: Running, log: Log, shutdownTimeoutMs: () => number): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) leave(log, 1);
    stopping = true;
    log.info('gateway.stopping', { signal });
    setTimeout(() => {
      log.warn('gateway.cut-off', { shutdownTimeoutMs: shutdownTimeoutMs() });
      leave(log, 0);
    }, shutdownTimeoutMs()).unref();
    running.close().then(
      () => {
        log.info('gateway.stopped');
        leave(log, 0);
      },
      (error: unknown) => {
        log.error('gateway.fault', { err: error });
        leave(log, 1);
      },
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.on('SIGHUP', () => {
    running.reload().then(
      () => log.info('gateway.reloaded'),
      (error: unknown) => log.error('gateway.reload-refused', { reason: (error as Error).message }),
    );
  });
  process.on('uncaughtException', (error) => {
    log.error('gateway.crashed', { err: error });
    leave(log, 70);
  });
}

function leave(log: Log, code: number): never {
  log.flush();
  process.exit(code);
}

/**
 * The life of a gateway process: signals, and the way out.
 */
import type { Log } from '../log/log.ts';

export interface Running {
  /** Takes what it can from the configuration again, and logs what came of it. Never rejects. */
  reload(): Promise<unknown>;
  /** Drains: no new sessions, messages under way are finished, the rest stays on disk. */
  close(): Promise<void>;
}

/**
 * SIGTERM and SIGINT drain and exit 0, a second one exits at once; SIGHUP reloads. A drain that takes longer than
 * `shutdownTimeoutMs` is cut off: what is not finished is on disk or was never acknowledged.
 * @returns what drains it for another reason
 */
export function superviseProcess(
  running: Running,
  log: Log,
  shutdownTimeoutMs: () => number,
): (reason: string) => void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) leave(log, 1);
    stop(signal);
  };
  const stop = (signal: string): void => {
    if (stopping) return;
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
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  process.on('SIGHUP', () => void running.reload());
  process.on('uncaughtException', (error) => {
    log.error('gateway.crashed', { err: error });
    leave(log, 70);
  });
  return stop;
}

function leave(log: Log, code: number): never {
  log.flush();
  process.exit(code);
}

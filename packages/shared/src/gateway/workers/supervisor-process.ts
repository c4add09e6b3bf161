/** A process as the supervisor: its workers are processes of the same program with the same arguments. */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Log } from '../../platform/log/log.ts';
import { Supervisor, type Child } from './supervisor.ts';
import { stateIn, type ProcessState } from './watchdog.ts';
import { workerVariable } from './worker.ts';

const VARIABLE = 'MAILPAIR_SUPERVISE';

/** How many workers this process is to supervise; 0 when it is to carry mail. */
export function workersToSupervise(): number {
  const given = Number(process.env[VARIABLE] ?? 0);
  delete process.env[VARIABLE];
  return Number.isInteger(given) && given > 1 ? given : 0;
}

/**
 * Replaces this process by one that has read no more than a supervisor needs, with the same pid and arguments: that takes a
 * third of the memory. Where the system cannot do that it is the supervisor as it is.
 */
export function becomeSupervisor(workers: number, log: Log): void {
  const { env, execArgv, execPath, argv } = process;
  log.flush();
  if (!process.execve) return superviseWorkers(workers, log);
  process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], {
    ...env,
    [VARIABLE]: String(workers),
  });
}

export function superviseWorkers(workers: number, log: Log): void {
  const exit = (code: number): never => {
    log.flush();
    process.exit(code);
  };
  const supervisor = new Supervisor({
    workers,
    start: (number, isFirst) => startWorker(workerVariable({ number, of: workers }, isFirst)),
    exit,
    now: () => performance.now(),
    log,
  });
  process.on('SIGTERM', (signal) => supervisor.stop(signal));
  process.on('SIGINT', (signal) => supervisor.stop(signal));
  process.on('SIGHUP', () => supervisor.reload());
  process.on('uncaughtException', (error) => {
    log.error('supervisor.crashed', { err: error });
    exit(70); // the workers drain
  });
  supervisor.start();
}

/** In a session of its own: what is typed at a terminal (Ctrl-C) comes from the supervisor, once. */
function startWorker(variable: Record<string, string>): Child {
  const [, main = '', ...words] = process.argv;
  const child = fork(main, words, {
    env: { ...process.env, ...variable },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  child.on('error', () => undefined); // that it is gone is told by its end
  let waiting = 0;
  return {
    pid: child.pid,
    get waiting() {
      return waiting;
    },
    send(message) {
      if (!child.connected) return;
      waiting += 1;
      child.send(message, () => {
        waiting -= 1;
      });
    },
    state: () => stateOf(child.pid),
    kill: (signal) => void child.kill(signal),
    onMessage: (listener) => void child.on('message', listener as (message: unknown) => void),
    onExit: (listener) => void child.on('exit', listener),
  };
}

/** Where the system does not tell it counts as one that waits. */
function stateOf(pid: number | undefined): ProcessState {
  try {
    return stateIn(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return 'waits';
  }
}

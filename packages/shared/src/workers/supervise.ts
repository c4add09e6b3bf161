/** Makes this process the supervisor: workers are processes of the same program with the same arguments. */
import { fork } from 'node:child_process';
import type { Log } from '../system/log.ts';
import { Supervisor, type Child } from './supervisor.ts';
import { workerVariable } from './worker.ts';

export function superviseWorkers(workers: number, log: Log, drainMs: () => number): void {
  const exit = (code: number): never => {
    log.flush();
    process.exit(code);
  };
  const supervisor = new Supervisor({
    workers,
    start: (number, isFirst) => startWorker(workerVariable({ number, of: workers }, isFirst)),
    exit,
    drainMs,
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
  return {
    pid: child.pid,
    send(message) {
      if (child.connected) child.send(message, () => undefined);
    },
    kill: (signal) => void child.kill(signal),
    onMessage: (listener) => void child.on('message', listener as (message: unknown) => void),
    onExit: (listener) => void child.on('exit', listener),
  };
}

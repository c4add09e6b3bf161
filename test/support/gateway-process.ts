/**
 * A gateway as a process of its own, run from this checkout as an operator runs it. What it logs is read line by
 * line. Only the process started here is ever signalled.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from './checkout.ts';

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface GatewayOptions {
  readonly role: 'inbound' | 'outbound';
  readonly configFile: string;
  /** Further words of the command line. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A command that becomes the gateway, which it is given as its arguments. */
  readonly within?: readonly string[];
}

export interface GatewayProcess {
  readonly role: 'inbound' | 'outbound';
  /** Every line so far, of all its runs. */
  readonly log: readonly LogLine[];
  /** What this run wrote besides its log. */
  readonly said: string;
  /** Lines of one event. */
  logged(event: string): LogLine[];
  /** Resolves with the first line that satisfies, from all there were; rejects after `withinMs` with the last lines. */
  until(satisfies: (line: LogLine) => boolean, withinMs?: number): Promise<LogLine>;
  readonly pid: number;
  /** The processes of its workers, by number; empty when it is one process. */
  workers(): number[];
  readonly isRunning: boolean;
  /** Starts it and waits until it serves. Rejects with what it said when it does not come up. */
  start(): Promise<void>;
  /** SIGKILL, to its workers too. */
  kill9(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Resident memory in bytes, of all its processes; NaN where /proc does not tell. */
  memoryBytes(): number;
}

const START_MS = 30_000;
const UNTIL_MS = 40_000;

export function gatewayProcess(options: GatewayOptions): GatewayProcess {
  const { role, configFile, args = [], within = [], env = {} } = options;
  const log: LogLine[] = [];
  const watchers = new Set<() => void>();
  let child: ChildProcess | undefined;
  let ended: Promise<number | null> = Promise.resolve(null);
  let said = '';
  let runFrom = 0;

  function take(line: string): void {
    try {
      log.push(JSON.parse(line) as LogLine);
    } catch {
      said += `${line}\n`;
    }
    for (const watch of watchers) watch();
  }

  const isRunning = (): boolean =>
    child !== undefined && child.exitCode === null && child.signalCode === null;

  function until(satisfies: (line: LogLine) => boolean, withinMs = UNTIL_MS, from = 0): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      let seen = from;
      const end = (): void => {
        clearTimeout(timer);
        watchers.delete(look);
      };
      const look = (): void => {
        for (; seen < log.length; seen += 1)
          if (satisfies(log[seen]!)) {
            end();
            return resolve(log[seen]!);
          }
      };
      const timer = setTimeout(() => {
        end();
        const last = log.slice(-10).map((line) => JSON.stringify(line));
        reject(new Error(`${role} did not log it within ${withinMs} ms. ${said}\n${last.join('\n')}`));
      }, withinMs);
      timer.unref(); // a running gateway keeps us here, one that ended does not
      watchers.add(look);
      look();
    });
  }

  /** Of this run. */
  const workers = (): number[] => {
    const pids: number[] = [];
    for (const { event, worker, pid, workers } of log.slice(runFrom))
      if (event === 'worker.started') pids[Number(worker)] = Number(pid);
      else if (event === 'gateway.started' && workers) pids.splice(0, pids.length, ...(workers as number[]));
    return pids;
  };

  const kill = (): void => {
    if (isRunning()) child!.kill('SIGKILL');
    for (const pid of workers()) killProcess(pid);
  };

  const gateway: GatewayProcess = {
    role,
    log,
    get said() {
      return said;
    },
    logged: (event) => log.filter((line) => line.event === event),
    until: (satisfies, withinMs) => until(satisfies, withinMs),
    get pid() {
      return child?.pid ?? 0;
    },
    workers,
    get isRunning() {
      return isRunning();
    },
    async start() {
      const main = join(checkout, `packages/${role}-gateway/src/main.ts`);
      said = '';
      const from = log.length;
      runFrom = from;
      const words = [...within, process.execPath, main, '--config', configFile, ...args];
      const started = spawn(words[0]!, words.slice(1), {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NODE_OPTIONS: '', ...env },
      });
      child = started;
      ended = once(started, 'close').then(([code]) => code as number | null);
      process.prependListener('exit', kill); // tests that are interrupted leave nothing behind
      void ended.then(() => process.off('exit', kill));
      createInterface({ input: started.stdout }).on('line', take);
      started.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
      const failed = ended.then((code) => {
        throw new Error(`${role}-gateway ended with status ${code} before it served:\n${said}`);
      });
      failed.catch(() => undefined);
      await Promise.race([until(({ event }) => event === 'gateway.started', START_MS, from), failed]);
    },
    async kill9() {
      kill();
      await ended;
    },
    async stop() {
      if (isRunning()) child!.kill('SIGTERM');
      return ended;
    },
    signal: (name) => void child?.kill(name),
    memoryBytes: () => [gateway.pid, ...workers()].reduce((sum, pid) => sum + residentBytes(pid), 0),
  };
  return gateway;
}

/** One that ended already is no fault. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
  } catch {
    return NaN;
  }
}

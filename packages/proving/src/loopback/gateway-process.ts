/**
 * A gateway, a real process: started as an operator starts it, ended by SIGKILL. Nothing of the
 * operator's environment reaches it. What it logs goes to a file.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenPath } from '@mailpair/shared/platform/http/api-token';
import { answerTo, apiCaller, type GatewayAddress } from '@mailpair/shared/platform/http/api-caller';
import { askRunning } from '@mailpair/shared/api/ask';
import { clientOf, type Client } from '@mailpair/shared/api/client';
import type { RoleName } from './ledger.ts';

export interface GatewayNode {
  readonly role: RoleName;
  /** Its name in EHLO, in Received and for `node`. */
  readonly host: string;
  readonly address: string;
  readonly mxPort: number;
  readonly submissionPort: number;
  readonly httpPort: number;
  readonly spool: string;
}

export interface GatewayProcess {
  readonly node: GatewayNode;
  /** Starts it and waits until it serves; `sets` are further keys. @throws with what it said when it does not */
  start(sets?: readonly string[], manner?: StartManner): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM: it drains. */
  stop(): Promise<void>;
  /** Messages in its queue; 0 when it does not run. */
  queueLength(): Promise<number>;
  /** What an operator may ask of it. */
  client(): Client;
  /** Everything in it is due now. */
  retryAll(): Promise<void>;
  /** User and system time since it started. */
  cpuMs(): number;
  /** Everything it has said so far. */
  said(): string;
  readonly pid: number | undefined;
  /** The numbers of its workers' processes; none where it has but one, does not run, or the system does not tell. */
  workers(): number[];
  readonly isRunning: boolean;
  /** Resolves when it has ended, with the moment. */
  ended(): Promise<number>;
  /** How it ended when nobody had ended it, each time. */
  readonly crashes: readonly string[];
}

export interface StartManner {
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs it in its own place, as `strace -D` does. */
  readonly within?: readonly string[];
  /** It may end by itself, as early as it likes. */
  readonly mayEnd?: boolean;
}

export interface GatewayPlace {
  readonly program: string;
  readonly configFile: string;
  /** What differs from the file, `key=value`. */
  readonly keys: readonly string[];
  readonly directory: string;
}

const START_MS = 30_000;
const LOOK_MS = 50;
const ANSWER_MS = 1000;
const SHOWN_CHARACTERS = 2000;
/** Of /proc/PID/stat, on every Linux that runs Node. */
const MS_PER_TICK = 10;

export function createGatewayProcess(
  node: GatewayNode,
  { program, keys, configFile, directory }: GatewayPlace,
): GatewayProcess {
  const logFile = join(directory, `${node.host}.log`);
  const http = { host: node.address, port: node.httpPort };
  let child: ChildProcess | undefined;
  let ended: Promise<number> = Promise.resolve(0);
  let isMeant = true;
  const crashes: string[] = [];

  const isRunning = (): boolean =>
    child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const said = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const lastWords = (): string => said().slice(-SHOWN_CHARACTERS).trim();
  const client = (): Client =>
    clientOf(askRunning(apiCaller(http, readFileSync(tokenPath(node.spool), 'utf8').trim())));
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    isMeant = true;
    if (isRunning()) child?.kill(signal);
    await ended;
  };
  return {
    node,
    async start(sets = [], { env = {}, within = [], mayEnd = false } = {}) {
      const log = openSync(logFile, 'a');
      const keyWords = [...keys, ...sets].flatMap((key) => ['--set', key]);
      const [first = '', ...words] = [
        ...within,
        process.execPath,
        program,
        '--allow-root', // it ends with its directory
        '--config',
        configFile,
        ...keyWords,
      ];
      const started = spawn(first, words, {
        stdio: ['ignore', log, log],
        env: { ...plainEnvironment(), ...env },
      });
      closeSync(log);
      child = started;
      // Should this process end without having cleaned up.
      const endToo = (): unknown => started.kill('SIGKILL');
      process.once('exit', endToo);
      started.once('close', () => process.off('exit', endToo));
      ended = once(started, 'close').then(
        () => Date.now(),
        () => Date.now(),
      );
      await untilServing(
        http,
        isRunning,
        () => new Error(`${node.host} (${node.role}) does not come up:\n${lastWords()}`),
      ).catch((error: unknown) => {
        if (!mayEnd || isRunning()) throw error;
      });
      isMeant = mayEnd;
      started.once('close', (code, signal) => {
        if (!isMeant)
          crashes.push(`${node.host} ended by itself, with ${signal ?? `status ${code}`}:\n${lastWords()}`);
      });
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    workers() {
      const file = `/proc/${child?.pid}/task/${child?.pid}/children`;
      if (!isRunning() || !existsSync(file)) return [];
      const numbers = readFileSync(file, 'utf8').trim();
      return numbers === '' ? [] : numbers.split(' ').map(Number);
    },
    crashes,
    async queueLength() {
      if (!isRunning()) return 0;
      return (await client().status.show()).queue.entries;
    },
    async retryAll() {
      await client().queue.retry({ all: true });
    },
    cpuMs() {
      const fields = readFileSync(`/proc/${child?.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
    },
    said,
    client,
    get pid() {
      return child?.pid;
    },
    get isRunning() {
      return isRunning();
    },
    ended: () => ended,
  };
}

async function untilServing(
  http: GatewayAddress,
  isRunning: () => boolean,
  fault: () => Error,
): Promise<void> {
  const until = Date.now() + START_MS;
  const question = { method: 'GET', path: '/healthz', timeoutMs: ANSWER_MS };
  while (isRunning() && Date.now() < until) {
    const answer = await answerTo(http, question).catch(() => undefined);
    answer?.resume();
    if (answer) return;
    await sleep(LOOK_MS);
  }
  throw fault();
}

/** Without what would configure a gateway or change how Node runs. */
const plainEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('MAILPAIR_') && name !== 'NODE_OPTIONS'),
  );

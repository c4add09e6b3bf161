/**
 * A gateway, a real process: started as an operator starts it, ended by SIGKILL. Nothing of the
 * operator's environment reaches it. What it logs goes to a file.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenPath } from '../control/api-token.ts';
import { answerTo, apiCaller, type GatewayAddress } from '../control/api-caller.ts';
import { createGatewayClient } from '../control/gateway-client.ts';
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
  start(sets?: readonly string[]): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM: it drains. */
  stop(): Promise<void>;
  /** Messages in its queue; 0 when it does not run. */
  queueLength(): Promise<number>;
  /** How it ended when nobody had ended it, each time. */
  readonly crashes: readonly string[];
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

export function createGatewayProcess(
  node: GatewayNode,
  { program, keys, configFile, directory }: GatewayPlace,
): GatewayProcess {
  const logFile = join(directory, `${node.host}.log`);
  const http = { host: node.address, port: node.httpPort };
  let child: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let isMeant = true;
  const crashes: string[] = [];

  const isRunning = (): boolean =>
    child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const lastWords = (): string => readFileSync(logFile, 'utf8').slice(-SHOWN_CHARACTERS).trim();
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    isMeant = true;
    if (isRunning()) child?.kill(signal);
    await ended;
  };
  // Should this process end without having cleaned up.
  process.once('exit', () => isRunning() && child?.kill('SIGKILL'));

  return {
    node,
    async start(sets = []) {
      const log = openSync(logFile, 'a');
      const words = [program, '--config', configFile, ...[...keys, ...sets].flatMap((key) => ['--set', key])];
      const started = spawn(process.execPath, words, {
        stdio: ['ignore', log, log],
        env: plainEnvironment(),
      });
      closeSync(log);
      child = started;
      ended = once(started, 'close').catch(() => undefined);
      await untilServing(
        http,
        isRunning,
        () => new Error(`${node.host} (${node.role}) does not come up:\n${lastWords()}`),
      );
      isMeant = false;
      started.once('close', (code, signal) => {
        if (!isMeant)
          crashes.push(`${node.host} ended by itself, with ${signal ?? `status ${code}`}:\n${lastWords()}`);
      });
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    crashes,
    async queueLength() {
      if (!isRunning()) return 0;
      const token = readFileSync(tokenPath(node.spool), 'utf8').trim();
      const { queue } = await createGatewayClient(apiCaller(http, token), node.role).status();
      return queue.entries;
    },
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

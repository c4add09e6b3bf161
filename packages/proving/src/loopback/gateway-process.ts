/**
 * Runs a gateway as a real process, started as by an operator and killed by SIGKILL. It does not inherit the
 * environment of the operator. Its log is written to a file.
 */
import { runningGateway, type ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenPath } from '@mailpair/shared/platform/http/api-token';
import { answerTo, apiCaller, type GatewayAddress } from '@mailpair/shared/platform/http/api-caller';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface GatewayNode {
  readonly role: RoleName;
  /** The name in EHLO and Received, and the value of `node`. */
  readonly host: string;
  readonly address: string;
  readonly mxPort: number;
  readonly submissionPort: number;
  readonly httpPort: number;
  readonly spool: string;
}

export interface StartManner {
  /** Additional environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that starts the gateway as its own process, such as `strace -D`. */
  readonly within?: readonly string[];
  /** Whether the process may end on its own, even before it serves. */
  readonly mayEnd?: boolean;
}

export interface GatewayPlace {
  readonly program: string;
  readonly configFile: string;
  /** Keys that differ from the file, as `key=value`. */
  readonly keys: readonly string[];
  readonly directory: string;
}

const START_MS = 30_000;
const LOOK_MS = 50;
const ANSWER_MS = 1000;
const SHOWN_CHARACTERS = 2000;
/** The unit of CPU times in /proc/PID/stat on all Linux platforms that Node supports. */
const MS_PER_TICK = 10;

export class GatewayProcess {
  readonly node: GatewayNode;
  /** How the process ended, for each time that it was not ended deliberately. */
  readonly crashes: string[] = [];
  readonly #place: GatewayPlace;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #ended: Promise<number> = Promise.resolve(0);
  #isMeant = true;

  constructor(node: GatewayNode, place: GatewayPlace) {
    this.node = node;
    this.#place = place;
    this.#logFile = join(place.directory, `${node.host}.log`);
  }

  /**
   * Starts the gateway and waits until it serves; `sets` are further keys.
   *
   * @throws with the output of the process if it does not serve
   */
  async start(sets: readonly string[] = [], manner: StartManner = {}): Promise<void> {
    const { mayEnd = false } = manner;
    const started = this.#spawn(sets, manner);
    this.#child = started;
    // Kills the gateway if this process ends without cleaning up.
    const endToo = (): unknown => started.kill('SIGKILL');
    process.once('exit', endToo);
    started.once('close', () => process.off('exit', endToo));
    this.#ended = once(started, 'close').then(
      () => Date.now(),
      () => Date.now(),
    );
    await this.#untilServing().catch((error: unknown) => {
      if (!mayEnd || this.isRunning) throw error;
    });
    this.#isMeant = mayEnd;
    started.once('close', (code, signal) => this.#noteEnd(code, signal));
  }

  /** Sends SIGKILL and waits for the end of the process. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Sends SIGTERM, so that the gateway drains, and waits for its end. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** The number of messages in the queue; 0 if the gateway is not running. */
  async queueLength(): Promise<number> {
    if (!this.isRunning) return 0;
    return (await this.client().status.show()).queue.entries;
  }

  /** Makes all messages in the queue due now. */
  async retryAll(): Promise<void> {
    await this.client().queue.retry({ all: true });
  }

  /** A client of the API of the gateway. */
  client(): ReachedGateway {
    const token = readFileSync(tokenPath(this.node.spool), 'utf8').trim();
    return runningGateway(apiCaller(this.#http, token), this.node.role, this.node.host);
  }

  /** User and system CPU time in ms since the start. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  }

  /** All output so far. */
  said(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : '';
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * The process ids of the workers; empty if there is one process only, it is not running, or the system does
   * not report them.
   */
  workers(): number[] {
    const file = `/proc/${this.pid}/task/${this.pid}/children`;
    if (!this.isRunning || !existsSync(file)) return [];
    const numbers = readFileSync(file, 'utf8').trim();
    return numbers === '' ? [] : numbers.split(' ').map(Number);
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves with the time (ms since the epoch) at which the process has ended. */
  ended(): Promise<number> {
    return this.#ended;
  }

  get #http(): GatewayAddress {
    return { host: this.node.address, port: this.node.httpPort };
  }

  #spawn(sets: readonly string[], { env = {}, within = [] }: StartManner): ChildProcess {
    const { program, configFile, keys } = this.#place;
    const keyWords = [...keys, ...sets].flatMap((key) => ['--set', key]);
    const [first = '', ...words] = [
      ...within,
      process.execPath,
      program,
      '--allow-root', // the process ends with its directory
      '--config',
      configFile,
      ...keyWords,
    ];
    const log = openSync(this.#logFile, 'a');
    const environment = { ...plainEnvironment(), ...env };
    const started = spawn(first, words, { stdio: ['ignore', log, log], env: environment });
    closeSync(log);
    return started;
  }

  async #untilServing(): Promise<void> {
    const until = Date.now() + START_MS;
    const question = { method: 'GET', path: '/healthz', timeoutMs: ANSWER_MS };
    while (this.isRunning && Date.now() < until) {
      const answer = await answerTo(this.#http, question).catch(() => undefined);
      answer?.resume();
      if (answer) return;
      await sleep(LOOK_MS);
    }
    const { host, role } = this.node;
    throw new Error(`${host} (${role}) does not start:\n${this.#lastWords()}`);
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#isMeant = true;
    if (this.isRunning) this.#child?.kill(signal);
    await this.#ended;
  }

  #noteEnd(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isMeant) return;
    const how = signal ?? `status ${code}`;
    this.crashes.push(`${this.node.host} ended by itself, with ${how}:\n${this.#lastWords()}`);
  }

  #lastWords(): string {
    return this.said().slice(-SHOWN_CHARACTERS).trim();
  }
}

/** The environment without variables that configure a gateway or change the behaviour of Node. */
const plainEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('MAILPAIR_') && name !== 'NODE_OPTIONS'),
  );

/** Debian's HAProxy with a configuration of "mailpair balancer haproxy", its ports and sockets moved out of the way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerState {
  readonly name: string;
  /** `UP`, `DOWN`, `DRAIN`, `UP 1/2` … */
  readonly status: string;
  readonly weight: number;
  /** Connections so far. */
  readonly connections: number;
}

export interface HaproxyProcess {
  readonly log: string;
  /** The servers of a backend as HAProxy sees them now. */
  servers(backend: string): Promise<ServerState[]>;
  /** Asks until it is so; gives how long that took. */
  until(backend: string, satisfies: (servers: readonly ServerState[]) => boolean): Promise<number>;
  close(): Promise<void>;
}

export interface HaproxyOptions {
  readonly path: string;
  readonly directory: string;
  readonly config: string;
  /** Port in the configuration → address to bind instead. */
  readonly binds: Readonly<Record<number, string>>;
}

const UNTIL_MS = 30_000;
let count = 0;

export async function startHaproxy({
  path,
  directory,
  config,
  binds,
}: HaproxyOptions): Promise<HaproxyProcess> {
  count += 1;
  const socket = join(directory, `haproxy-${count}.sock`);
  const file = join(directory, `haproxy-${count}.cfg`);
  writeFileSync(file, moved(config, binds, socket));
  const child = spawn(path, ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => (log += piece.toString()));
  const ended = once(child, 'close');

  async function servers(backend: string): Promise<ServerState[]> {
    const [head = '', ...rows] = (await ask(socket, 'show stat')).trim().split('\n');
    const names = head.replace(/^# /, '').split(',');
    const field = (row: string[], name: string): string => row[names.indexOf(name)] ?? '';
    return rows
      .map((row) => row.split(','))
      .filter((row) => field(row, 'pxname') === backend && !/^(FRONT|BACK)END$/.test(field(row, 'svname')))
      .map((row) => ({
        name: field(row, 'svname'),
        status: field(row, 'status'),
        weight: Number(field(row, 'weight')),
        connections: Number(field(row, 'stot')),
      }));
  }

  async function until(
    backend: string,
    satisfies: (servers: readonly ServerState[]) => boolean,
  ): Promise<number> {
    const from = performance.now();
    let seen: readonly ServerState[] = [];
    while (performance.now() - from < UNTIL_MS) {
      seen = await servers(backend).catch(() => []);
      if (seen.length > 0 && satisfies(seen)) return performance.now() - from;
      if (child.exitCode !== null) throw new Error(`haproxy ended with status ${child.exitCode}:\n${log}`);
      await sleep(20);
    }
    throw new Error(`not so within ${UNTIL_MS} ms: ${JSON.stringify(seen)}\n${log}`);
  }

  return {
    get log() {
      return log;
    },
    servers,
    until,
    async close() {
      if (child.exitCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Every line that names a place of the system or a port below 1024; nothing else is changed. */
function moved(config: string, binds: HaproxyOptions['binds'], socket: string): string {
  return config
    .replace(/^ {4}log \/dev\/log local0$/m, '    log stdout format raw local0')
    .replace(/^ {4}stats socket \S+ .*$/m, `    stats socket ${socket} mode 600 level admin`)
    .replace(/^ {4}(user|group) haproxy\n/gm, '')
    .replace(/^ {4}bind \[::\]:\d+ v6only\n/gm, '')
    .replace(/^ {4}bind :(\d+)$/gm, (_, port: string) => `    bind ${binds[Number(port)]}`);
}

async function ask(path: string, command: string): Promise<string> {
  const socket = createConnection(path);
  await once(socket, 'connect');
  socket.end(`${command}\n`);
  let answer = '';
  for await (const piece of socket) answer += String(piece);
  return answer;
}

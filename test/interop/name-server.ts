/**
 * A name server of a test, in a temporary directory, on a free loopback port, beside whatever runs on the machine. It is
 * a child process and is ended by its own process id; it may be stopped and started again with what it had.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../support/ports.ts';

export interface Zone {
  readonly name: string;
  /** Master-file text without SOA and NS, which it is given. */
  readonly records: string;
  /** Statements in the server's own language, for this zone. */
  readonly config?: string;
}

export interface NameServerOptions {
  readonly zones: readonly Zone[];
  /** Statements in the server's own language, outside the zones: keys, acls. */
  readonly config?: string;
}

export interface NameServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Temporary; holds configuration and zones. */
  readonly directory: string;
  /** What it has logged. */
  log(): string;
  stop(): Promise<void>;
  /** After `stop`, on the same port with the same zones. */
  start(): Promise<void>;
  /** Stops it and removes its directory. */
  close(): Promise<void>;
}

export interface NameServerProgram {
  readonly name: string;
  /** The command in a directory that holds its configuration. */
  command(directory: string): readonly string[];
  /** What it logs to stderr when it serves. */
  readonly serves: RegExp;
  /** Files by name. */
  files(directory: string, port: number, options: NameServerOptions): Readonly<Record<string, string>>;
}

const START_MS = 20_000;

export const zoneFileOf = ({ name }: Zone): string => `${name}.zone`;

export const zoneText = ({ name, records }: Zone): string =>
  [
    `${name}. 3600 IN SOA ns1.${name}. hostmaster.${name}. 1 7200 900 1209600 300`,
    `${name}. 3600 IN NS ns1.${name}.`,
    `ns1.${name}. 3600 IN A 127.0.0.1`,
    records,
    '',
  ].join('\n');

/** @throws with its log when it does not start */
export async function openNameServer(
  program: NameServerProgram,
  options: NameServerOptions,
): Promise<NameServer> {
  const directory = mkdtempSync(join(tmpdir(), `mailpair-${program.name}-`));
  const [port] = (await freePorts(1)) as [number];
  for (const [name, text] of Object.entries(program.files(directory, port, options)))
    writeFileSync(join(directory, name), text);
  let said = '';
  let child: ChildProcess | undefined;

  const server: NameServer = {
    host: '127.0.0.1',
    port,
    address: `127.0.0.1:${port}`,
    directory,
    log: () => said,
    async start() {
      const [path = '', ...args] = program.command(directory);
      const started = spawn(path, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
      child = started;
      const from = said.length;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error(`${program.name} did not start:\n${said}`)), START_MS);
      started.stderr.on('data', (piece: Buffer) => {
        said += piece.toString();
        if (program.serves.test(said.slice(from))) resolve();
      });
      started.on('error', reject);
      started.on('close', (code) => reject(new Error(`${program.name} ended with status ${code}:\n${said}`)));
      await promise.finally(() => clearTimeout(timer));
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
    async close() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

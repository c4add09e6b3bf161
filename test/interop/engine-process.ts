/** clamd and rspamd of Debian as a test wants them: in a directory of their own, with what they know, stopped and started. */
import { createHash } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pingClamd } from '@mailpair/shared/filter/engines/clamd';
import { pingRspamd } from '@mailpair/shared/filter/engines/rspamd';
import type { EnginePlace } from '@mailpair/shared/config/schema/engine-server';
import { freePorts } from '../support/ports.ts';
import { pathOf } from './programs.ts';

export interface EngineProcess {
  /** As `clamav.servers` and `rspamd.servers` want it. */
  readonly server: string;
  /** What it wrote into its log. */
  log(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it, and removes its directory. */
  close(): Promise<void>;
}

export interface ClamdOptions {
  /** Lines of its configuration. */
  readonly config?: string;
  /** Name → what is found under that name: a file as a whole. */
  readonly knows: Readonly<Record<string, Buffer>>;
  /** Name → octets with which a file begins. */
  readonly knowsStarts?: Readonly<Record<string, Buffer>>;
}

const START_MS = 60_000;

/** With signatures of its own: those of ClamAV are in no package. */
export async function openClamd({
  config = '',
  knows,
  knowsStarts = {},
}: ClamdOptions): Promise<EngineProcess> {
  return openEngine('clamd', pingClamd, async (directory) => {
    const path = join(directory, 'clamd.sock');
    const database = join(directory, 'db');
    mkdirSync(database);
    const lines = (
      of: Readonly<Record<string, Buffer>>,
      line: (name: string, octets: Buffer) => string,
    ): string =>
      Object.entries(of)
        .map(([name, octets]) => `${line(name, octets)}\n`)
        .join('');
    const md5 = (octets: Buffer): string => createHash('md5').update(octets).digest('hex');
    writeFileSync(
      join(database, 'test.hdb'),
      lines(knows, (name, octets) => `${md5(octets)}:${octets.length}:${name}`),
    );
    writeFileSync(
      join(database, 'test.ndb'),
      lines(knowsStarts, (name, octets) => `${name}:0:0:${octets.toString('hex')}`),
    );
    const file = join(directory, 'clamd.conf');
    writeFileSync(
      file,
      `LocalSocket ${path}\nDatabaseDirectory ${database}\nTemporaryDirectory ${directory}\nForeground yes\n` +
        `LogFile ${join(directory, 'log')}\n${config}\n`,
    );
    return { server: `unix:${path}`, place: { path }, args: ['-c', file] };
  });
}

/** With nothing but what is built in: no modules, no look-ups. */
export async function openRspamd(): Promise<EngineProcess> {
  return openEngine('rspamd', pingRspamd, async (directory) => {
    const [port = 0] = await freePorts(1);
    const suffixes = join(directory, 'suffixes');
    writeFileSync(suffixes, 'com\nnet\norg\ntest\n');
    const file = join(directory, 'rspamd.conf');
    writeFileSync(
      file,
      `
options {
  pidfile = "${directory}/pid"; control_socket = "${directory}/control mode=0600"; tempdir = "${directory}";
  cache_file = "${directory}/cache"; stats_file = "${directory}/stats"; url_tld = "${suffixes}";
  disable_hyperscan = true; filters = ""; gtube_patterns = "all";
  dns { nameserver = ["127.0.0.1:9:1"]; timeout = 0.1s; retransmits = 1; }
}
logging { type = "file"; filename = "${directory}/log"; level = "info"; }
lua = "/dev/null";
actions { reject = 15; add_header = 6; greylist = 4; }
worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; }
`,
    );
    // -i: it is root in a container, as tests often are.
    return {
      server: `127.0.0.1:${port}`,
      place: { host: '127.0.0.1', port },
      args: ['-i', '-f', '-c', file],
    };
  });
}

async function openEngine(
  program: string,
  ping: (place: EnginePlace, signal: AbortSignal) => Promise<void>,
  prepare: (directory: string) => Promise<{ server: string; place: EnginePlace; args: readonly string[] }>,
): Promise<EngineProcess> {
  const directory = mkdtempSync(join(tmpdir(), `mailpair-${program}-`));
  const { server, place, args } = await prepare(directory);
  let child: ChildProcess | undefined;
  let said = '';

  async function start(): Promise<void> {
    const started = spawn(pathOf(program) ?? program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (piece: Buffer) => (said += piece.toString()));
    const { signal } = new AbortController();
    for (const ends = Date.now() + START_MS; ; await sleep(100)) {
      if (started.exitCode !== null) throw new Error(`${program} ended at the start: ${said}`);
      const isThere = await ping(place, signal).then(
        () => true,
        () => false,
      );
      if (isThere) return;
      if (Date.now() > ends) throw new Error(`${program} does not answer: ${said}`);
    }
  }

  async function stop(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  const engine: EngineProcess = {
    server,
    log: () => readFileSync(join(directory, 'log'), 'utf8'),
    start,
    stop,
    async close() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

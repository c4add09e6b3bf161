/** Debian's nginx with a configuration of "mailpair balancer nginx", its ports and files moved out of the way. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface NginxProcess {
  /** What it logged: the sessions, and faults. */
  log(): string;
  /** Takes another configuration, as `nginx -s reload` does; sessions go on. */
  reload(config: string): Promise<void>;
  close(): Promise<void>;
}

export interface NginxOptions {
  readonly path: string;
  readonly directory: string;
  readonly config: string;
  /** Port in the configuration → address to bind instead. */
  readonly binds: Readonly<Record<number, string>>;
}

const UNTIL_MS = 10_000;

export async function startNginx({ path, directory, config, binds }: NginxOptions): Promise<NginxProcess> {
  const file = join(directory, 'nginx.conf');
  const write = (text: string): void => writeFileSync(file, movedNginx(text, directory, binds));
  write(config);
  const child = spawn(path, ['-c', file, '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const ended = once(child, 'close');
  const log = (): string =>
    `${said}${read(join(directory, 'error.log'))}${read(join(directory, 'mail.log'))}`;

  async function until(what: string, satisfies: () => boolean): Promise<void> {
    for (const from = performance.now(); performance.now() - from < UNTIL_MS; await sleep(20)) {
      if (satisfies()) return;
      if (child.exitCode !== null) throw new Error(`nginx ended with status ${child.exitCode}:\n${log()}`);
    }
    throw new Error(`${what} took more than ${UNTIL_MS} ms:\n${log()}`);
  }

  /** Those that take connections, not those that only finish their sessions. */
  const workers = (): string[] =>
    spawnSync('pgrep', ['--parent', String(child.pid), '--full', 'nginx: worker process$'], {
      encoding: 'utf8',
    })
      .stdout.split('\n')
      .filter(Boolean);

  await until('the start of nginx', () => workers().length > 0);
  return {
    log,
    async reload(text) {
      write(text);
      const before = workers();
      child.kill('SIGHUP');
      await until('the reload of nginx', () => {
        const now = workers();
        return now.length > 0 && now.every((pid) => !before.includes(pid));
      });
    },
    async close() {
      if (child.exitCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Every line that names a place or an account of the system or, with `binds`, a port; nothing else is changed. */
export function movedNginx(config: string, directory: string, binds?: NginxOptions['binds']): string {
  const moved = config
    .replace(/^user .*\n/m, '')
    .replace(/^pid .*$/m, `pid ${join(directory, 'nginx.pid')};`)
    .replace(/^error_log .*$/m, `error_log ${join(directory, 'error.log')};`)
    .replace(/^ {4}access_log .*$/m, `    access_log ${join(directory, 'mail.log')} mail;`);
  if (!binds) return moved;
  return moved
    .replace(/^ {8}listen \[::\]:\d+ .*\n/gm, '')
    .replace(/^ {8}listen (\d+) /gm, (_, port: string) => `        listen ${binds[Number(port)]} `);
}

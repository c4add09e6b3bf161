/**
 * rspamd as a milter, with SPF, DKIM, DMARC and its Bayes classifier and nothing else: every other module is switched
 * off, so that it does what Mailpair does beside it. Redis, where its classifier keeps what it has learnt, is its own.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../test/support/ports.ts';
import { atEnd } from '../endings.ts';
import type { JudgedWorld } from '../judged-world.ts';
import { cpuMsOf, memoryOf, type ProcessMemory } from '../process-tree.ts';
import { endOf, outputOf, pathOf, startProgram } from '../program.ts';

export interface Rspamd {
  readonly milterPort: number;
  cpuMs(): number;
  memory(): readonly ProcessMemory[];
  lastWords(): string;
  /** @throws when a check did not take part in the last message */
  judgedBy(): Promise<string>;
  stop(): Promise<void>;
}

const modules = '/etc/rspamd/modules.d';
const kept = ['spf', 'dkim', 'dmarc', 'redis'];

export function rspamdObstacle(): string | null {
  for (const [program, debianPackage] of [
    ['rspamd', 'rspamd'],
    ['redis-server', 'redis-server'],
  ] as const)
    if (pathOf(program) === null) return `${program} is missing: apt-get install ${debianPackage}`;
  return null;
}

export const rspamdVersion = (): string => /\d[\d.]*/.exec(outputOf('rspamd', '--version'))?.[0] ?? '';

/** Started, and trained with what the world has for that. */
export async function startRspamd(directory: string, { dns, ham, spam }: JudgedWorld): Promise<Rspamd> {
  const at = (path: string): string => join(directory, path);
  const [milterPort = 0, controllerPort = 0] = await freePorts(2);
  for (const path of ['', 'local.d', 'override.d', 'db', 'run']) mkdirSync(at(path), { recursive: true });
  for (const path of ['', 'db', 'run']) chmodSync(at(path), 0o777);
  for (const [path, text] of Object.entries(files(directory, dns, milterPort, controllerPort)))
    writeFileSync(at(path), text);

  const output = at('said');
  const redis = await startProgram(
    [
      pathOf('redis-server')!,
      '--port',
      '0',
      '--unixsocket',
      at('redis.sock'),
      '--unixsocketperm',
      '777',
      '--save',
      '',
    ],
    { output },
  );
  const variables = { LOCAL_CONFDIR: at(''), DBDIR: at('db'), RUNDIR: at('run') };
  const rspamd = await startProgram(
    [
      ...[pathOf('rspamd')!, '-f', '-i', '-c', at('rspamd.conf')],
      ...Object.entries(variables).map(([name, value]) => `--var=${name}=${value}`),
    ],
    { output },
  );
  const lastWords = (): string => endOf(output) + endOf(at('log'));
  const stop = atEnd(async () => {
    await rspamd.stop();
    await redis.stop();
  });
  await untilListening(milterPort, () => rspamd.ended !== undefined, lastWords);
  for (const [verb, folder] of [
    ['learn_ham', ham],
    ['learn_spam', spam],
  ] as const)
    execFileSync(pathOf('rspamc')!, ['-h', `127.0.0.1:${controllerPort}`, verb, folder], { stdio: 'ignore' });
  return {
    milterPort,
    cpuMs: () => cpuMsOf(rspamd.pid) + cpuMsOf(redis.pid),
    memory: () => [...memoryOf(rspamd.pid), ...memoryOf(redis.pid)],
    judgedBy: () => judgedBy(controllerPort),
    lastWords,
    stop,
  };
}

function files(directory: string, dns: string, milter: number, controller: number): Record<string, string> {
  const checked = 'check_local = true;\n'; // the client is on loopback
  const off = readdirSync(modules)
    .map((file) => file.replace(/\.conf$/, ''))
    .filter((name) => !kept.includes(name));
  return {
    'rspamd.conf': `
.include "$CONFDIR/common.conf"
options {
  pidfile = "$RUNDIR/rspamd.pid";
  .include "$CONFDIR/options.inc"
  .include(try=true; priority=10) "$LOCAL_CONFDIR/override.d/options.inc"
}
logging { type = "file"; filename = "${directory}/log"; level = "warning"; }
worker "rspamd_proxy" {
  bind_socket = "127.0.0.1:${milter}"; milter = yes; timeout = 120s; count = 1;
  upstream "local" { default = yes; self_scan = yes; }
}
worker "controller" { bind_socket = "127.0.0.1:${controller}"; count = 1; secure_ip = "127.0.0.1"; }
`,
    'override.d/options.inc': `
filters = "dkim";
local_addrs = "192.0.2.0/24";
dns { nameserver = ["${dns}:1"]; timeout = 1s; }
`,
    'local.d/redis.conf': `servers = "${directory}/redis.sock";\n`,
    ...Object.fromEntries(['spf', 'dkim', 'dmarc'].map((name) => [`local.d/${name}.conf`, checked])),
    ...Object.fromEntries(off.map((name) => [`override.d/${name}.conf`, 'enabled = false;\n'])),
  };
}

const symbols = ['R_SPF_ALLOW', 'R_DKIM_ALLOW', 'DMARC_POLICY_ALLOW', 'BAYES_HAM'];

async function judgedBy(controller: number): Promise<string> {
  const history = await (await fetch(`http://127.0.0.1:${controller}/history`)).text();
  const missing = symbols.filter((symbol) => !history.includes(symbol));
  if (missing.length > 0) throw new Error(`not judged by ${missing.join(', ')}:\n${history.slice(0, 2_000)}`);
  return history;
}

const START_MS = 60_000;

async function untilListening(port: number, hasEnded: () => boolean, said: () => string): Promise<void> {
  for (const giveUpAt = Date.now() + START_MS; !(await listens(port)); await pause(100))
    if (hasEnded() || Date.now() > giveUpAt) throw new Error(`rspamd does not come up. It said:\n${said()}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const answer = (is: boolean): void => {
      resolve(is);
      socket.destroy();
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

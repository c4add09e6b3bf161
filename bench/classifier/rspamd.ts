/**
 * rspamd as Debian ships it, with a Redis of its own: first by its rules alone, then with its Bayes taught one half of the
 * corpus. Modules that ask DNS or other services are off, for there is no network that would answer for mail of 2002. All on
 * loopback, in a temporary directory.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuMsOf } from '../process-tree.ts';
import { endOf, outputOf, pathOf, startProgram, type Program } from '../program.ts';
import { temporaryDirectory } from '../endings.ts';
import { freePorts } from '../../test/support/ports.ts';
import type { Halves, Labelled } from './corpus.ts';
import type { Scored } from './quality.ts';

export interface Theirs {
  readonly version: string;
  /** Messages of each kind that its Bayes took in. */
  readonly learnt: { readonly spam: number; readonly ham: number };
  /** By the score of its rules, by that of its Bayes, and by both together, as it comes. */
  readonly rules: readonly Scored[];
  readonly bayes: readonly Scored[];
  readonly both: readonly Scored[];
  /** CPU of rspamd's worker and of Redis for the messages that were asked about, by rules and Bayes. */
  readonly cpuMs: number;
}

/** Why it cannot be measured here, or null. */
export function obstacle(): string | null {
  const missing = ['rspamd', 'redis-server'].filter((name) => pathOf(name) === null);
  if (missing.length > 0) return `${missing.join(' and ')} missing: apt-get install ${missing.join(' ')}`;
  return process.getuid?.() === 0 ? null : 'only root can start it as Debian does';
}

const offline = [
  'rbl surbl fuzzy_check spf dkim dmarc arc asn mx_check phishing url_redirector dkim_signing bimi',
  'neural greylist ratelimit replies history_redis reputation rspamd_update',
]
  .join(' ')
  .split(' ');

const AT_A_TIME = 4;
const START_MS = 60_000;

export async function askRspamd({ training, test }: Halves): Promise<Theirs> {
  const { path: directory, remove } = await temporaryDirectory();
  const [scan, control, proxy, redisPort] = (await freePorts(4)) as [number, number, number, number];
  configure(directory, { scan, control, proxy, redisPort });
  const redis = await startProgram(
    ['redis-server', '--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', directory],
    { output: join(directory, 'redis.log') },
  );
  const rspamd = await startRspamd(directory, control);
  const ask = (message: Labelled) => check(`http://127.0.0.1:${scan}/checkv2`, message);
  const rules = await each(test, ask);
  const learnt = { spam: 0, ham: 0 };
  await each(training, async ({ spam, octets }) => {
    const kind = spam ? 'spam' : 'ham';
    const { ok } = await fetch(`http://127.0.0.1:${control}/learn${kind}`, {
      method: 'POST',
      body: new Uint8Array(octets),
    });
    if (ok) learnt[kind] += 1;
  });
  const cpu = (): number => cpuMsOf(rspamd.pid, (name) => name.startsWith('rspamd')) + cpuMsOf(redis.pid);
  const before = cpu();
  const taught = await each(test, ask);
  const cpuMs = cpu() - before;
  await rspamd.stop();
  await redis.stop();
  await remove();
  return {
    version: outputOf('rspamd', '--version').replace(/[^\d.]/g, ''),
    learnt,
    rules: rules.map(({ spam, score }) => ({ spam, score })),
    bayes: taught.map(({ spam, bayes }) => ({ spam, score: bayes })),
    both: taught.map(({ spam, score }) => ({ spam, score })),
    cpuMs,
  };
}

function configure(
  directory: string,
  { scan, control, proxy, redisPort }: { scan: number; control: number; proxy: number; redisPort: number },
): void {
  for (const name of ['conf', 'conf/local.d', 'conf/override.d', 'db', 'run', 'log'])
    mkdirSync(join(directory, name), { recursive: true });
  for (const name of ['', 'db', 'run', 'log']) chmodSync(join(directory, name), 0o777);
  const files: Record<string, string> = {
    'options.inc': 'dns { nameserver = ["127.0.0.1:1"]; timeout = 0.05s; retransmits = 0; }',
    'logging.inc': 'level = "warning";',
    'redis.conf': `servers = "127.0.0.1:${redisPort}";`,
    'worker-normal.inc': `bind_socket = "127.0.0.1:${scan}"; count = 1;`,
    'worker-controller.inc': `bind_socket = "127.0.0.1:${control}"; secure_ip = ["127.0.0.1"];`,
    'worker-proxy.inc': `bind_socket = "127.0.0.1:${proxy}"; count = 0;`,
    ...Object.fromEntries(offline.map((name) => [`${name}.conf`, 'enabled = false;'])),
  };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, 'conf/local.d', name), `${text}\n`);
}

async function startRspamd(directory: string, control: number): Promise<Program> {
  const places = { LOCAL_CONFDIR: 'conf', DBDIR: 'db', RUNDIR: 'run', LOGDIR: 'log' };
  const rspamd = await startProgram(
    [
      ...['rspamd', '-f', '-u', '_rspamd', '-g', '_rspamd', '-c', '/etc/rspamd/rspamd.conf'],
      ...Object.entries(places).map(([name, place]) => `--var=${name}=${join(directory, place)}`),
    ],
    { output: join(directory, 'rspamd.out') },
  );
  for (const giveUpAt = Date.now() + START_MS; ; await pause(200)) {
    const answer = await fetch(`http://127.0.0.1:${control}/ping`).catch(() => undefined);
    if (answer?.ok) break;
    if (rspamd.ended !== undefined || Date.now() > giveUpAt)
      throw new Error(`rspamd did not start:\n${endOf(join(directory, 'log/rspamd.log'))}`);
  }
  await pause(5_000); // it compiles its expressions beside its work
  return rspamd;
}

interface Checked extends Scored {
  readonly bayes: number;
}

interface Answer {
  readonly score: number;
  readonly symbols: Readonly<Record<string, { readonly score: number } | undefined>>;
}

async function check(url: string, { spam, octets }: Labelled): Promise<Checked> {
  const from = /^From:.*?([\w.+-]+@[\w.-]+)/im.exec(octets.toString('latin1'))?.[1] ?? 'a@sender.example';
  const headers = { from, rcpt: 'anna@recipient.example' };
  const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(octets) });
  const { score, symbols } = (await answer.json()) as Answer;
  const bayes = (symbols['BAYES_SPAM']?.score ?? 0) + (symbols['BAYES_HAM']?.score ?? 0);
  return { spam, score, bayes };
}

async function each<T>(messages: readonly Labelled[], run: (message: Labelled) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const waiting = messages.entries();
  const worker = async (): Promise<void> => {
    for (const [index, message] of waiting) results[index] = await run(message);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}

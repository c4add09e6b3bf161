/**
 * Debian's Postfix as a mail server of a test: an instance of its own in a temporary directory, on a loopback port,
 * beside whatever Postfix the machine has, which it does not touch.
 *
 * It takes mail for one domain, for the recipients it is told of, and delivers by virtual(8) into a maildir: a file
 * for each recipient, proof of what arrived octet by octet. Mail for everybody else it relays to one next hop, and
 * only over TLS. It offers STARTTLS itself. Needs root, which Postfix starts as.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import type { Context } from 'mocha';
import { runCommand } from '../support/commands.ts';
import { digestOf, MARK } from '../support/messages.ts';
import { skipBecause } from '../support/skip.ts';
import { mainCf, masterCf, texthash, type Account, type PostfixOptions } from './postfix-config.ts';
import { needProgram, pathOf } from './programs.ts';

/** One message in the mailbox of one recipient. */
export interface Arrival {
  readonly to: string;
  /** The mark of the message; '' where it has none. */
  readonly id: string;
  /** Of the octets from the mark on, lines ending in CRLF; of all octets where there is no mark. */
  readonly digest: string;
  /** What stands before the mark; all where there is none. */
  readonly head: string;
}

export interface Postfix {
  readonly port: number;
  /** What has arrived so far, in no order. */
  arrivals(): Promise<Arrival[]>;
  /** Resolves with the arrivals as soon as there are `count`; rejects after `withinMs` with the end of the log. */
  until(count: number, withinMs?: number): Promise<Arrival[]>;
  log(): Promise<string>;
  /** Stops it and removes its directory. */
  close(): Promise<void>;
}

/** Skips the running test, or its suite, where no Postfix can be started. */
export function needPostfix(context: Context): void {
  needProgram(context, 'postfix');
  if (process.getuid?.() !== 0) skipBecause(context, 'only root can start Postfix: run this test as root');
}

const UNTIL_MS = 20_000;

/** @throws with what Postfix said when it does not start */
export async function openPostfix(options: PostfixOptions): Promise<Postfix> {
  const directory = await mkdtemp(join(tmpdir(), 'mailpair-postfix-'));
  const mailbox = join(directory, 'mail/box/new');
  const log = (): Promise<string> => readFile(join(directory, 'maillog'), 'utf8').catch(() => '');
  let keeper: Keeper;
  try {
    await furnish(directory, options);
    keeper = await startKept(directory);
  } catch (error) {
    const said = await log();
    await rm(directory, { recursive: true, force: true });
    throw new Error(`Postfix did not start: ${(error as Error).message}\n${said}`, { cause: error });
  }

  const read = new Map<string, Arrival>();
  async function arrivals(): Promise<Arrival[]> {
    for (const name of await readdir(mailbox))
      if (!read.has(name)) read.set(name, readArrival(await readFile(join(mailbox, name))));
    return [...read.values()];
  }

  return {
    port: options.port,
    arrivals,
    async until(count, withinMs = UNTIL_MS) {
      if (!(await hasFiles(mailbox, count, withinMs))) {
        const there = (await readdir(mailbox)).length;
        const last = (await log()).split('\n').slice(-15).join('\n');
        throw new Error(`${there} of ${count} messages arrived within ${withinMs} ms:\n${last}`);
      }
      return arrivals();
    },
    log,
    async close() {
      const { code, said } = await keeper.end();
      if (code !== 0) throw new Error(`Postfix did not stop: ${said}`);
    },
  };
}

interface Keeper {
  /** Stops the instance; resolves when it is gone. */
  end(): Promise<{ code: number; said: string }>;
}

/**
 * Starts the instance, and sees to it that it is stopped and its directory removed when `end` is called or this process
 * is no more, whatever ended it: a Postfix is a daemon and would stay. It is found by the pid file in `directory`.
 */
async function startKept(directory: string): Promise<Keeper> {
  const script =
    `trap '' PIPE; "$0" -c "$1/etc" start >/dev/null || exit; echo started; ` +
    'cat >/dev/null; "$0" -c "$1/etc" stop; code=$?; rm -rf "$1"; exit $code';
  const shell = spawn('sh', ['-c', script, pathOf('postfix') ?? 'postfix', directory], { detached: true });
  let said = '';
  shell.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const ended = once(shell, 'close') as Promise<[number]>;
  const failed = ended.then(([code]) => Promise.reject(new Error(`status ${code}: ${said}`)));
  failed.catch(() => undefined);
  await Promise.race([once(shell.stdout, 'data'), failed]);
  return {
    async end() {
      shell.stdin.end();
      return { code: (await ended)[0], said };
    },
  };
}

/** Directories, configuration, certificate and an empty mailbox. */
async function furnish(directory: string, options: PostfixOptions): Promise<void> {
  const at = (path: string): string => join(directory, path);
  const owner = await accountOf('nobody');
  await chmod(directory, 0o755);
  for (const path of ['etc', 'queue', 'data', 'mail']) await mkdir(at(path));
  await chown(at('data'), (await accountOf('postfix')).uid, 0);
  for (const path of ['mail/box', 'mail/box/new', 'mail/box/cur', 'mail/box/tmp']) {
    await mkdir(at(path));
    await chown(at(path), owner.uid, owner.gid);
  }
  const { cert, key } = await selfSigned([options.host]);
  await writeFile(at('etc/tls.pem'), `${key}\n${cert}\n`, { mode: 0o600 });
  await writeFile(at('etc/mailboxes'), texthash(options.recipients));
  await writeFile(at('etc/main.cf'), mainCf(directory, options, owner));
  await writeFile(at('etc/master.cf'), masterCf(options.port));
}

async function accountOf(name: string): Promise<Account> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((what) => runCommand('id', [what, name])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

/** Waits for files in a directory, told by the system of each new one. */
async function hasFiles(directory: string, count: number, withinMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const look = (): void => {
    readdir(directory).then(
      ({ length }) => length >= count && resolve(true),
      () => resolve(false),
    );
  };
  const watcher = watch(directory, look);
  const timer = setTimeout(() => resolve(false), withinMs);
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

/** A file of virtual(8): the message with LF line ends, after Return-Path, X-Original-To and Delivered-To. */
function readArrival(file: Buffer): Arrival {
  const text = file.toString('latin1');
  const mark = new RegExp(`^${MARK}: *([\\w-]+)`, 'm').exec(text);
  const isMarked = mark !== null && !text.slice(0, mark.index).includes('\n\n');
  const start = isMarked ? mark.index : 0;
  return {
    to: /^Delivered-To: (.*)$/m.exec(text)?.[1] ?? '',
    id: isMarked ? mark[1]! : '',
    digest: digestOf(Buffer.from(text.slice(start).replaceAll('\n', '\r\n'), 'latin1')),
    head: isMarked ? text.slice(0, start) : text,
  };
}

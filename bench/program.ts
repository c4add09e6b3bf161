/** Programs of the machine: where they are, starting one, and ending it by its process id. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { atEnd } from './endings.ts';
import { treeOf, type ProcessStat } from './process-tree.ts';

/** Where Debian keeps servers' commands, which are not on everybody's PATH. */
const systemFolders = ['/usr/sbin', '/sbin'];

export function pathOf(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat(systemFolders);
  const paths = folders.map((folder) => join(folder, name));
  return paths.find((path) => isExecutable(path)) ?? null;
}

/** What a short command prints, without the line end; '' when it is missing or fails. */
export function outputOf(name: string, ...args: readonly string[]): string {
  const path = pathOf(name);
  if (path === null) return '';
  const { status, stdout } = spawnSync(path, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

export interface Program {
  readonly pid: number;
  /** The exit code, or the signal; undefined while it runs. */
  readonly ended: number | NodeJS.Signals | undefined;
  /** SIGTERM, and SIGKILL when that does not end it. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  /** File that takes stdout and stderr. */
  readonly output: string;
}

const STOP_MS = 15_000;

/** Starts a program in a process group of its own, so that Ctrl-C reaches the bench first. */
export async function startProgram(words: readonly string[], options: ProgramOptions): Promise<Program> {
  const [command = '', ...args] = words;
  const output = openSync(options.output, 'a');
  const child = spawn(command, args, {
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const exited = once(child, 'exit').catch(() => undefined);
  await once(child, 'spawn');
  const ended = () => child.exitCode ?? child.signalCode ?? undefined;
  const stop = atEnd(async () => {
    if (ended() !== undefined) return;
    await endTree(child.pid!);
    await exited;
  });
  return {
    pid: child.pid!,
    get ended() {
      return ended();
    },
    stop,
  };
}

/** Ends a process and its descendants: SIGTERM for the first, SIGKILL for those who are left after a while. */
export async function endTree(root: number): Promise<void> {
  const tree = treeOf(root);
  if (tree.length === 0) return;
  process.kill(root, 'SIGTERM');
  for (const giveUpAt = Date.now() + STOP_MS; tree.some(isAlive) && Date.now() < giveUpAt;) await pause(50);
  for (const { pid } of [...tree, ...treeOf(root)].filter(isAlive)) process.kill(pid, 'SIGKILL');
}

/** Ends at once what a process has started, so that it starts nothing more. */
export async function killDescendants(root: number): Promise<void> {
  for (let started = treeOf(root).slice(1); started.some(isAlive); started = treeOf(root).slice(1)) {
    for (const { pid } of started.filter(isAlive)) process.kill(pid, 'SIGKILL');
    await pause(20);
  }
}

function isAlive({ pid, startedAt }: ProcessStat): boolean {
  const now = treeOf(pid)[0];
  return now !== undefined && now.isAlive && now.startedAt === startedAt;
}

const START_MS = 30_000;

/**
 * Waits until a server greets on a loopback port.
 * @throws with `said()` when it ends or does not come up in time
 */
export async function untilGreeting(
  port: number,
  hasEnded: () => boolean,
  said: () => string,
  host = '127.0.0.1',
): Promise<void> {
  for (const giveUpAt = Date.now() + START_MS; !(await greets(port, host)); await pause(50))
    if (hasEnded() || Date.now() > giveUpAt)
      throw new Error(`nothing greets on ${host}:${port}. It said:\n${said()}`);
}

function greets(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const answer = (greeted: boolean): void => {
      resolve(greeted);
      // Asks to be let go, so that no server logs a lost connection.
      if (greeted) socket.end('QUIT\r\n');
      else socket.destroy();
    };
    // One that is still starting says 421.
    socket.once('data', (said: Buffer) => answer(said.toString('latin1').startsWith('220')));
    socket.once('error', () => answer(false));
    socket.once('end', () => answer(false));
  });
}

/** The end of a file that may be large; '' when there is none. */
export function endOf(path: string, bytes = 2_000): string {
  try {
    const file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const end = Buffer.alloc(Math.min(size, bytes));
    readSync(file, end, 0, end.length, size - end.length);
    closeSync(file);
    return end.toString('latin1');
  } catch {
    return '';
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where breaches are written: a file that the process of the tests and all processes that they start share. Each of those is
 * given the guard by NODE_OPTIONS, whatever else its environment is.
 */
import childProcess, { ChildProcess } from 'node:child_process';
import { appendFileSync, realpathSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { watch } from './watch.ts';

/** Keeps the guard from a process that is given this: tests of the guard start one with a guard of its own. */
export const UNGUARDED = 'MAILPAIR_TEST_UNGUARDED';

const checkout = resolve(import.meta.dirname, '../../..');
const MOST_LINES = 12;

/** Guards this process and those it starts. */
export function guard(reportFile: string): void {
  delete process.env[UNGUARDED];
  const append = appendFileSync; // as it is before it is watched
  const ours = [checkout, tmpdir(), resolve(process.execPath, '..')];
  watch(
    (breach) => {
      const stack = new Error().stack?.split('\n').filter((line) => !line.includes('/support/guard/')) ?? [];
      const program = basename(process.argv[1] ?? process.argv0);
      const where = stack.slice(1, MOST_LINES).map((line) => line.replace(/^ *at /, '  < '));
      append(reportFile, `${program} (pid ${process.pid}) ${breach}\n${where.join('\n')}\n`);
    },
    [...ours, ...ours.map((path) => realpathSync(path))],
  );
  guardChildren(`--import=${preload(reportFile)}`);
  syncBuiltinESMExports();
}

function preload(reportFile: string): string {
  const url = new URL('preload.ts', import.meta.url);
  url.searchParams.set('report', reportFile);
  return url.href;
}

/** What the processes of node:child_process share is not in its types. */
interface SpawnOptions {
  envPairs?: string[];
}

function guardChildren(option: string): void {
  const prototype = ChildProcess.prototype as unknown as { spawn(options: SpawnOptions): number };
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    options.envPairs = guarded(options.envPairs ?? [], option);
    return spawn.call(this, options);
  };
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
    const real = childProcess[name] as (...args: unknown[]) => unknown;
    Object.assign(childProcess, {
      [name]: (...args: unknown[]) => {
        const at = args.findIndex((arg, index) => index > 0 && isOptions(arg));
        const options = (args[at] ?? {}) as { env?: NodeJS.ProcessEnv };
        const pairs = Object.entries(options.env ?? process.env).map(([key, value]) => `${key}=${value}`);
        const env = Object.fromEntries(guarded(pairs, option).map(nameAndValue));
        const given = { ...options, env };
        return real(...(at < 0 ? [...args, given] : [...args.slice(0, at), given, ...args.slice(at + 1)]));
      },
    });
  }
}

function nameAndValue(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

const isOptions = (arg: unknown): boolean => typeof arg === 'object' && arg !== null && !Array.isArray(arg);

function guarded(pairs: readonly string[], option: string): string[] {
  if (pairs.some((pair) => pair.startsWith(`${UNGUARDED}=`))) return [...pairs];
  const own = pairs.find((pair) => pair.startsWith('NODE_OPTIONS='))?.slice('NODE_OPTIONS='.length) ?? '';
  const options = own.includes(option) ? own : `${own} ${option}`.trim();
  return [...pairs.filter((pair) => !pair.startsWith('NODE_OPTIONS=')), `NODE_OPTIONS=${options}`];
}

/** Runs pnpm: the one that runs us, or the one that CONTRIBUTING.md names. */
import { spawnSync } from 'node:child_process';

export interface PnpmResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function pnpm(root: string, words: readonly string[]): PnpmResult {
  const running = process.env['npm_execpath'] ?? '';
  // Recent versions are a native program, earlier ones a script.
  const [command = '', ...first] = !/pnpm[^/\\]*$/.test(running)
    ? ['npx', '--yes', 'pnpm@12']
    : /\.[cm]?js$/.test(running)
      ? [process.execPath, running]
      : [running];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...words], options);
  return { status, stdout, stderr: error ? error.message : stderr };
}

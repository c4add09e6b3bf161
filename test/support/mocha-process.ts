/** One of several mocha processes that share the files of a run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkout } from './checkout.ts';
import { countsOf, type Counts } from './counts.ts';
import { SHARE } from './share.ts';
import { SuiteOutput } from './suite-output.ts';

export interface Ended {
  readonly counts: Counts;
  /** What it printed after its suites: `N passing`, what failed and why, what was skipped. */
  readonly summary: string;
}

export interface Share {
  /** `1/2` */
  readonly name: string;
  readonly files: readonly string[];
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Prints its suites; what it printed last is part of the result. A signal to this process ends it too. */
export async function runMocha({ name, files, options, env }: Share): Promise<Ended> {
  const mocha = join(checkout, 'node_modules/mocha/bin/mocha.js');
  const child = spawn(process.execPath, [mocha, ...options, ...files], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, [SHARE]: name },
  });
  const output = new SuiteOutput((text) => process.stdout.write(text));
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => output.take(piece));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => child.kill(signal));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const { summary, last } = output.end();
  const counts = countsOf(last, exitCode);
  return { counts, summary };
}

/**
 * How long each test file takes: `test/durations.json`, by which a run deals its files out. A run with `--durations` writes it anew.
 * A figure that is out of date, or is missing, costs balance and nothing else.
 */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type Mocha from 'mocha';
import { checkout } from './checkout.ts';

/** In the environment of a process of mocha: the file to which it adds `PATH SECONDS` for each suite. */
const MEASURED = 'MAILPAIR_TEST_DURATIONS';
const table = join(checkout, 'test/durations.json');
/** Files that take less are not in the table. */
const LEAST_SECONDS = 1;
/** What they take, with their share of loading. */
const USUAL_SECONDS = 0.3;

type Durations = Readonly<Record<string, number>>;

export const readDurations = (): Durations => JSON.parse(readFileSync(table, 'utf8')) as Durations;

/** The longest file first, each to the share that has the least to do. */
export function deal(files: readonly string[], shares: number, durations: Durations): string[][] {
  const secondsOf = (file: string): number => durations[file] ?? USUAL_SECONDS;
  const dealt = Array.from({ length: shares }, () => ({ seconds: 0, files: [] as string[] }));
  for (const file of files.toSorted((a, b) => secondsOf(b) - secondsOf(a))) {
    const least = dealt.reduce((best, each) => (each.seconds < best.seconds ? each : best));
    least.files.push(file);
    least.seconds += secondsOf(file);
  }
  return dealt.map((each) => each.files);
}

/** Measures in the processes that are started with `env`. `write` replaces what the table says of the files that they ran. */
export function measuring(): { readonly env: NodeJS.ProcessEnv; readonly write: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-durations-'));
  const measured = join(directory, 'measured');
  writeFileSync(measured, '');
  return {
    env: { [MEASURED]: measured },
    write() {
      const known = Object.entries(readDurations()).filter(([path]) => existsSync(join(checkout, path)));
      const durations = merge(Object.fromEntries(known), readFileSync(measured, 'utf8'));
      writeFileSync(table, `${JSON.stringify(durations, null, 2)}\n`);
      rmSync(directory, { recursive: true });
    },
  };
}

/** @param measured lines of `PATH SECONDS`; those of one path are added up */
export function merge(known: Durations, measured: string): Durations {
  const seconds = new Map<string, number>();
  for (const line of measured.split('\n').filter(Boolean)) {
    const [path = '', taken] = line.split(' ');
    seconds.set(path, (seconds.get(path) ?? 0) + Number(taken));
  }
  const all = Object.entries({ ...known, ...Object.fromEntries(seconds) });
  return Object.fromEntries(
    all
      .filter(([, taken]) => taken >= LEAST_SECONDS)
      .map(([path, taken]) => [path, Math.round(taken)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** In a process of mocha. */
export function reportDurations(runner: Mocha.Runner): void {
  const measured = process.env[MEASURED];
  if (measured === undefined) return;
  let beganAt = 0;
  runner.on('suite', (suite) => {
    if (suite.parent?.root) beganAt = performance.now();
  });
  runner.on('suite end', (suite) => {
    if (!suite.parent?.root || suite.file === undefined) return;
    const seconds = (performance.now() - beganAt) / 1000;
    appendFileSync(measured, `${relative(checkout, suite.file)} ${seconds.toFixed(2)}\n`);
  });
}

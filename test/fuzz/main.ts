/**
 * `npx pnpm@12 fuzz`: mutated inputs for everything that reads octets of others, for as long as wanted. Failures go to stdout,
 * progress to stderr; exit 1 when there was a failure, 2 when it was called wrongly.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Tally } from './at-work.ts';
import { readFailure, saveFailure, type Failure } from './failure.ts';
import { targets } from './targets/all.ts';
import { watch, type WatchParts } from './watch.ts';

const help = `npx pnpm@12 fuzz [OPTION]...

Gives mutated inputs to what reads wire, MIME, archives, configuration, spool and HTTP, and looks for exceptions that escape, inputs
that do not end, time that grows faster than length, memory that grows, and for what must hold and does not.

  --for TIME           how long, such as 90s, 40m or 24h (default 60s)
  --target NAME,NAME   of the targets only these: ${targets.map(({ name }) => name).join(', ')}
  --seed N             the same seed and the same kept inputs make the same inputs (default: the time of day)
  --seeds DIR          where inputs are kept that reached something new (DIR/corpus) and those that failed (DIR/failures);
                       default .fuzz
  --replay FILE        only tries what an earlier run kept in DIR/failures
  --help               this text
`;

const HANG_MS = 20_000;
const PROGRESS_MS = 10_000;

interface Arguments {
  readonly targets: readonly string[];
  readonly seed: number;
  readonly directory: string;
  readonly forMs: number;
  readonly replay: string | undefined;
}

/** @throws with what is wrong; null when help is asked for */
function readArguments(words: readonly string[]): Arguments | null {
  const { values } = parseArgs({
    args: words.filter((word) => word !== '--'),
    options: {
      for: { type: 'string', default: '60s' },
      target: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      seeds: { type: 'string', default: '.fuzz' },
      replay: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const known = targets.map(({ name }) => name);
  const wanted = values.target?.split(',') ?? known;
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--target takes ${known.join(', ')}, not “${unknown}”`);
  if (!/^\d{1,10}$/.test(values.seed)) throw new Error(`--seed takes a number, not “${values.seed}”`);
  return {
    targets: wanted,
    seed: Number(values.seed),
    directory: resolve(values.seeds),
    forMs: readTime(values.for),
    replay: values.replay,
  };
}

function readTime(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`--for takes a time such as 90s, 40m or 24h, not “${text}”`);
  return Number(count) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
}

async function fuzz(given: Arguments): Promise<number> {
  const { seed, directory, forMs } = given;
  const failures: Failure[] = [];
  const tallies = new Map<string, Tally>();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), Math.min(forMs, 2 ** 31 - 1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const startedAt = performance.now();
  const tell = (): void =>
    void process.stderr.write(`${progressOf(performance.now() - startedAt, tallies, failures)}\n`);
  const progress = setInterval(tell, PROGRESS_MS);
  process.stderr.write(`seed ${seed}; inputs are kept in ${directory}\n`);
  await watch({
    ...partsOf(given),
    signal: stop.signal,
    failed(failure) {
      failures.push(failure);
      report(failure, saveFailure(join(directory, 'failures'), failure));
    },
    told: ({ target, inputs, kept, reached }) => void tallies.set(target, { inputs, kept, reached }),
  });
  clearTimeout(timer);
  clearInterval(progress);
  tell();
  for (const [name, { inputs, kept, reached }] of tallies)
    process.stderr.write(
      `  ${name.padEnd(18)} ${String(inputs).padStart(10)} inputs, ${kept} kept, ${reached} blocks\n`,
    );
  return failures.length;
}

async function replay(given: Arguments, file: string): Promise<number> {
  const { target, kind, input, pump } = readFailure(file);
  if (!targets.some(({ name }) => name === target))
    throw new Error(`${file} names no target: it begins with the name of one`);
  let failures = 0;
  await watch({
    ...partsOf(given),
    targets: [target],
    again: { input, ...(pump && { pump }) },
    signal: new AbortController().signal,
    failed(failure) {
      failures += 1;
      report(failure);
    },
    told: () => undefined,
  });
  if (failures === 0) console.log(`${target}: this ${kind} does not show any more`);
  return failures;
}

const partsOf = ({
  targets: names,
  seed,
  directory,
}: Arguments): Pick<WatchParts, 'targets' | 'seed' | 'directory' | 'hangMs'> => ({
  targets: names,
  seed,
  directory,
  hangMs: HANG_MS,
});

function report({ target, kind, what }: Failure, path?: string): void {
  console.log(`FAILED ${target}: ${kind}: ${what}`);
  if (path !== undefined) console.log(`  again: npx pnpm@12 fuzz --replay ${path}`);
}

function progressOf(
  tookMs: number,
  tallies: ReadonlyMap<string, Tally>,
  failures: readonly Failure[],
): string {
  const sum = (of: keyof Tally): number => [...tallies.values()].reduce((total, each) => total + each[of], 0);
  const seconds = Math.round(tookMs / 1000);
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  const done = `${sum('inputs')} inputs, ${sum('kept')} kept, ${sum('reached')} blocks`;
  return `${seconds} s: ${done}, ${megabytes} MB, ${failures.length} failures`;
}

try {
  const given = readArguments(process.argv.slice(2));
  if (given === null) process.stdout.write(help);
  else {
    const { replay: file } = given;
    const failures = file === undefined ? await fuzz(given) : await replay(given, file);
    process.exitCode = failures > 0 ? 1 : 0;
  }
} catch (error) {
  process.stderr.write(`fuzz: ${(error as Error).message}\n`);
  process.exitCode = 2;
}

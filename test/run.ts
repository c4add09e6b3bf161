/**
 * Runs tests in several mocha processes at once: `node test/run.ts RUN [FILE…] [--OPTION=VALUE…]`.
 *
 * The files of the run, or those that are named instead, are dealt out to as many processes as there are cores. How long each
 * file takes is in `test/durations.json`; `--durations` measures it anew.
 * Each process has a temporary directory and ports of its own, and is judged as it is alone: it fails when it ends before it could
 * count, or leaves handles open. The last line is the sum of what they counted. Other options are mocha's.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkout } from './support/checkout.ts';
import { formatCounts, sumOf } from './support/counts.ts';
import { deal, measuring, readDurations } from './support/durations.ts';
import { runMocha } from './support/mocha-process.ts';
import { runs } from './runs.ts';

const MOST_PROCESSES = 8;
const words = process.argv.slice(2);
const name = words.shift() ?? '';
const run = runs[name];
if (!run) {
  console.error(
    `usage: node test/run.ts ${Object.keys(runs).join('|')} [FILE…] [--durations] [--OPTION=VALUE…]`,
  );
  process.exit(2);
}
const measured = words.includes('--durations') ? measuring() : undefined;
const options = words.filter((word) => word.startsWith('-') && word !== '--durations');
const named = words.filter((word) => !word.startsWith('-'));
const files = globSync(named.length > 0 ? named : [...run.files], {
  cwd: checkout,
  exclude: [...(run.except ?? []), '**/node_modules'],
}).sort();
if (files.length === 0) {
  console.error(`There is no file ${named.join(' ')}.`);
  process.exit(2);
}

const processes = Math.min(files.length, MOST_PROCESSES, availableParallelism());
const ended = await Promise.all(
  deal(files, processes, readDurations()).map((share, n) =>
    runMocha({
      name: `${n + 1}/${processes}`,
      files: share,
      options: [
        '--config',
        join(checkout, 'test/mocharc.json'),
        ...(process.stdout.isTTY ? ['--color'] : []),
        ...options,
      ],
      env: {
        NODE_COMPILE_CACHE: join(checkout, 'node_modules/.cache/mailpair'),
        ...process.env,
        ...run.env,
        ...measured?.env,
      },
    }),
  ),
);
for (const { summary } of ended) console.log(`\n${summary}`);
measured?.write();
const counts = sumOf(ended.map((each) => each.counts));
console.log(`\n${formatCounts(counts)}`);
process.exitCode = counts.failed === 0 ? 0 : 1;

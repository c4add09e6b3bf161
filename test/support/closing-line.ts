/**
 * mocha's `spec` reporter, and after everything else one line that says how it went:
 * `12 passed, 0 failed`, or `12 passed, 0 failed, 3 skipped`.
 *
 * The line is printed when the process ends, so it is there (with at least one failure) when a test file
 * does not load or a test ends the process. A run whose handles keep the process alive (a socket left
 * open, a child left running) fails too, and the handles are named.
 */
import Mocha from 'mocha';
import { formatCounts } from './counts.ts';
import { reportDurations } from './durations.ts';
import { reasonForSkipping } from './skip.ts';

/** How long handles may take to close after the last test; the reporter option `leakGraceMs` overrides it. */
const defaultLeakGraceMs = 5000;

interface Handle {
  readonly type: string;
  readonly is_active: boolean;
  readonly is_referenced: boolean;
  readonly pid?: number;
  readonly localEndpoint?: { readonly port?: number };
  readonly remoteEndpoint?: { readonly port?: number };
}

let passed = 0;
let failed = 0;
let skipped = 0;
let ended = false;

process.on('exit', (code) => {
  if (!ended || (code !== 0 && failed === 0)) failed++;
  if (failed > 0) process.exitCode = 1;
  process.stdout.write(`${formatCounts({ passed, failed, skipped })}\n`);
});

/** What keeps the process alive, for a person. */
function openHandles(): string[] {
  // Without it, the report asks DNS for the names of peers. @types/node does not know it yet.
  Object.assign(process.report, { excludeNetwork: true });
  const { libuv } = process.report.getReport() as { libuv: Handle[] };
  return libuv
    .filter(({ type, is_active, is_referenced }) => type !== 'loop' && is_active && is_referenced)
    .map(({ type, pid, localEndpoint, remoteEndpoint }) => {
      const local = localEndpoint?.port === undefined ? '' : ` on port ${localEndpoint.port}`;
      const remote = remoteEndpoint?.port === undefined ? '' : ` connected to port ${remoteEndpoint.port}`;
      return `${type}${pid === undefined ? '' : ` ${pid}`}${local}${remote}`;
    });
}

/** The tests are over and counted, but the run has failed all the same. */
function failAfterwards(message: string): never {
  failed++;
  process.stdout.write(`${message}\n\n`);
  // Comes after mocha's own listener, which sets the code to the number of failed tests.
  process.once('exit', () => (process.exitCode = 1));
  process.exit(1);
}

function watchTheEnd(leakGraceMs: number): void {
  setTimeout(() => {
    const resources = process.getActiveResourcesInfo().join(', ');
    const handles = openHandles().join('\n  ');
    failAfterwards(
      `The tests are over, but something keeps the process alive:\n  ${handles}\n  (${resources})`,
    );
  }, leakGraceMs).unref();
  // Before mocha's own listener, which would throw the error again and so end the process without `exit`.
  process.prependListener('uncaughtException', (error) => {
    failAfterwards(`An error after the last test:\n${error.stack ?? error.message}`);
  });
}

/** @public mocha loads it. */
export default class ClosingLine extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    reportDurations(runner);
    const reporterOptions = options.reporterOptions as { leakGraceMs?: string } | undefined;
    const pending: Mocha.Test[] = [];
    runner.on('pass', () => passed++);
    runner.on('fail', () => failed++);
    runner.on('pending', (test) => pending.push(test));
    runner.once('end', () => {
      skipped = pending.length;
      ended = true;
      for (const test of pending)
        process.stdout.write(`  skipped: ${test.fullTitle()}\n           ${reasonForSkipping(test)}\n`);
      if (pending.length > 0) process.stdout.write('\n');
      watchTheEnd(Number(reporterOptions?.leakGraceMs ?? defaultLeakGraceMs));
    });
  }
}

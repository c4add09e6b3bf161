/** The thread in which targets run: it can be ended from outside when an input does not end. Turns go round until it is told to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { join } from 'node:path';
import { Corpus } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { Fuzzer } from './fuzzer.ts';
import { isAskedToEnd, watched, type WorkerReport, type WorkerTask } from './at-work.ts';
import { pumped, type Pump } from './mutate.ts';
import type { Target, TargetFile } from './target.ts';

const TURN_MS = 1_500;

/** Octets come without their methods from another thread. */
function againOf({ input, pump }: NonNullable<WorkerTask['again']>, target: Target): [Buffer, Pump?] {
  if (!pump) return [Buffer.from(input)];
  const [before, piece, after] = [pump.before, pump.piece, pump.after].map((part) => Buffer.from(part));
  const whole = { before: before!, piece: piece!, after: after! };
  return [pumped(whole, target.longestBytes), whole];
}

async function work(task: WorkerTask): Promise<void> {
  const report = (what: WorkerReport): void => parentPort!.postMessage(what);
  // Before the product is loaded: only what is compiled from now on is seen.
  const coverage = task.again ? null : new Coverage();
  const { targets } = (await import('./targets/all.ts')) as { targets: readonly TargetFile[] };
  const show = watched(task.now);
  const fuzzers: Fuzzer[] = [];
  for (const [index, name] of task.targets.entries()) {
    const target = await targets.find((each) => each.name === name)!.open();
    const corpus = new Corpus(task.again ? null : join(task.directory, 'corpus', name));
    const fuzzer = new Fuzzer({
      target,
      corpus,
      coverage,
      seed: task.seed,
      begins: (input) => show(index, input),
      failed: (failure) => report({ kind: 'failed', failure }),
    });
    fuzzers.push(fuzzer);
    if (task.again) await fuzzer.again(...againOf(task.again, target));
    else await fuzzer.begin();
    report({ kind: 'turn', target: name, ...fuzzer.tally() });
  }
  if (task.again) return report({ kind: 'done' });
  do {
    for (const fuzzer of fuzzers) {
      await fuzzer.turn({ ms: TURN_MS });
      report({ kind: 'turn', target: fuzzer.target.name, ...fuzzer.tally() });
      if (isAskedToEnd(task.now)) break;
    }
  } while (!isAskedToEnd(task.now));
  report({ kind: 'done' });
}

if (parentPort) await work(workerData as WorkerTask);

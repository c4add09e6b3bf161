/**
 * Runs the thread of worker.ts and ends it when an input does not end: then, and when the thread ends by itself, the input that was
 * at work is the failure, and another thread goes on with the next seed.
 */
import { Worker } from 'node:worker_threads';
import { identityOf, type Failure } from './failure.ts';
import { askToEnd, lookAt, type Tally, type WorkerReport, type WorkerTask } from './at-work.ts';

export interface WatchParts extends Omit<WorkerTask, 'now'> {
  /** worker.ts unless another is given. */
  readonly program?: URL;
  /** CPU that one input may use before it counts as one that does not end. */
  readonly hangMs: number;
  readonly failed: (failure: Failure) => void;
  readonly told: (report: { readonly target: string } & Tally) => void;
  /** Aborted when it is time to end. */
  readonly signal: AbortSignal;
}

const PROGRAM = new URL('./worker.ts', import.meta.url);
const LOOK_EVERY_MS = 250;
const HEAP_MEGABYTES = 1_024;
const SHARED_BYTES = 128 * 1024;
/** A thread that ends at once each time is not started for ever. */
const MOST_RESTARTS = 100;

/** Resolves when it was told to end, or the task is done. */
export async function watch(parts: WatchParts): Promise<void> {
  const seen = new Set<string>();
  const failed = (given: Failure): void => {
    const failure = revived(given);
    const identity = identityOf(failure);
    if (seen.has(identity)) return;
    seen.add(identity);
    parts.failed(failure);
  };
  for (let restart = 0; restart < MOST_RESTARTS && !parts.signal.aborted; restart += 1) {
    const end = await runThread({ ...parts, failed, seed: parts.seed + restart });
    if (end === 'done' || parts.again) return;
  }
}

/** Buffers come from the thread as plain octets. */
function revived({ input, pump, ...rest }: Failure): Failure {
  return {
    ...rest,
    ...(input && { input: Buffer.from(input) }),
    ...(pump && {
      pump: {
        before: Buffer.from(pump.before),
        piece: Buffer.from(pump.piece),
        after: Buffer.from(pump.after),
      },
    }),
  };
}

async function runThread(parts: WatchParts): Promise<'done' | 'ended'> {
  const { signal, failed, told, hangMs, program = PROGRAM, ...task } = parts;
  const now = new SharedArrayBuffer(SHARED_BYTES);
  const worker = new Worker(program, {
    workerData: { ...task, now } satisfies WorkerTask,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
  });
  const ended = Promise.withResolvers<'done' | 'ended'>();
  const blame = (kind: Failure['kind'], what: string): void => {
    const { target, input } = lookAt(now);
    failed({ target: parts.targets[target] ?? '?', kind, what, input });
  };
  worker.on('message', (report: WorkerReport) => {
    if (report.kind === 'failed') failed(report.failure);
    else if (report.kind === 'turn') told(report);
    else ended.resolve('done');
    if (signal.aborted) stop();
  });
  worker.on('error', (error: Error) => {
    const { code } = error as NodeJS.ErrnoException;
    blame(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash', error.stack ?? error.message);
  });
  worker.on('exit', () => ended.resolve('ended'));
  const stop = (): void => askToEnd(now);
  signal.addEventListener('abort', stop);
  const look = lookForHang(now, hangMs, () => {
    blame('hang', `does not end within ${hangMs / 1000} s of CPU`);
    void worker.terminate();
  });
  const timer = setInterval(look, LOOK_EVERY_MS);
  try {
    return await ended.promise;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

/** By the CPU of this process, nearly all of which is the thread's: on a busy machine the clock says nothing. */
function lookForHang(now: SharedArrayBuffer, hangMs: number, found: () => void): () => void {
  let [number, since, isFound] = [-1, 0, false];
  return () => {
    const { user, system } = process.cpuUsage();
    const at = (user + system) / 1000;
    const current = lookAt(now).number;
    if (current !== number) [number, since] = [current, at];
    else if (!isFound && current > 0 && at - since > hangMs) {
      isFound = true;
      found();
    }
  };
}

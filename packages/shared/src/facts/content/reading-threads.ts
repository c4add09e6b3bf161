/**
 * Threads for work that would keep the event loop from its sessions. Each does one task at a time; one that takes too long,
 * or too much memory, is ended and another takes its place. They are started when first wanted and never keep the process.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Content } from '../../values/content.ts';
import type { ReadTask } from './content-worker.ts';

export interface ThreadOptions {
  readonly threads: number;
  /** Of one task, once a thread has it. */
  readonly timeoutMs: () => number;
  /** Tasks that wait for a thread; one more is refused. */
  readonly waiting: number;
  readonly heapMegabytes: number;
}

export interface ReadingThreads {
  /** @throws when too many wait, and what the thread ended with */
  read(task: ReadTask): Promise<Content>;
  close(): Promise<void>;
}

interface Waiting {
  readonly task: ReadTask;
  readonly resolve: (content: Content) => void;
  readonly reject: (error: Error) => void;
}

/** Published, the thread is JavaScript as this file is. */
const program = new URL(`./content-worker${extname(import.meta.url)}`, import.meta.url);

export function openReadingThreads(options: ThreadOptions): ReadingThreads {
  const idle: Worker[] = [];
  const busy = new Set<Worker>();
  const queue: Waiting[] = [];
  let closed = false;

  const start = (): Worker => {
    const worker = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: options.heapMegabytes } });
    worker.unref();
    return worker;
  };

  function next(): void {
    const waiting = queue.shift();
    if (!waiting) return;
    const worker = idle.pop() ?? start();
    busy.add(worker);
    worker.ref();
    void perform(worker, waiting).finally(next);
  }

  async function perform(worker: Worker, { task, resolve, reject }: Waiting): Promise<void> {
    try {
      const content = await answerOf(worker, task, options.timeoutMs());
      busy.delete(worker);
      worker.unref();
      if (closed) await worker.terminate();
      else idle.push(worker);
      resolve(content);
    } catch (error) {
      await worker.terminate();
      busy.delete(worker);
      reject(error as Error);
    }
  }

  return {
    read: (task) =>
      new Promise((resolve, reject) => {
        if (closed || queue.length >= options.waiting) {
          reject(new Error(closed ? 'the gateway is closing' : 'too many messages wait to be read'));
          return;
        }
        queue.push({ task, resolve, reject });
        if (busy.size < options.threads) next();
      }),
    async close() {
      closed = true;
      for (const { reject } of queue.splice(0)) reject(new Error('the gateway is closing'));
      await Promise.all([...idle.splice(0), ...busy].map((worker) => worker.terminate()));
    },
  };
}

async function answerOf(worker: Worker, task: ReadTask, timeoutMs: number): Promise<Content> {
  const { promise, resolve, reject } = Promise.withResolvers<Content>();
  const timer = setTimeout(() => reject(new Error(`not read within ${timeoutMs / 1000} s`)), timeoutMs);
  const onExit = (): void => reject(new Error('the thread that read it has ended'));
  worker.once('message', resolve).once('error', reject).once('exit', onExit);
  try {
    worker.postMessage(task, task.octets ? [task.octets.buffer as ArrayBuffer] : []);
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.off('message', resolve).off('error', reject).off('exit', onExit);
  }
}

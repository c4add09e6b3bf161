/**
 * Threads for work that would keep the event loop from its sessions. They are started when they are first needed and never keep
 * the process. A thread that was given up, or keeps much memory, is ended and another takes its place; so is one that has had
 * nothing to do for a while, which gives its memory back.
 */
import type { ReadTask } from './content-worker.ts';
import {
  ReadingQueue,
  type CpuShare,
  type QueueBounds,
  type ReadingClient,
  type Waiting,
} from './reading-queue.ts';
import { ReadingThread, type Outcome } from './reading-thread.ts';

export interface ThreadOptions {
  readonly threads: number;
  /** From when a message is to be read until it is. */
  readonly timeoutMs: () => number;
  readonly share: () => CpuShare;
  readonly waiting: QueueBounds;
  readonly heapMegabytes: number;
  readonly idleMs: number;
}

interface Item {
  readonly task: ReadTask;
  readonly resolve: (outcome: Outcome) => void;
}

interface Idle {
  readonly thread: ReadingThread;
  readonly timer: NodeJS.Timeout;
}

const busy: Outcome = { kind: 'fault', reason: 'too many messages wait to be read' };
const closing: Outcome = { kind: 'fault', reason: 'the gateway is closing' };

export class ReadingThreads {
  readonly #options: ThreadOptions;
  readonly #queue: ReadingQueue<Item>;
  readonly #busy = new Set<ReadingThread>();
  readonly #idle = new Set<Idle>();
  #closed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#queue = new ReadingQueue(options.waiting, options.share);
  }

  /** Threads that are there. */
  get size(): number {
    return this.#busy.size + this.#idle.size;
  }

  /** Never rejects. */
  async read(task: ReadTask, client: ReadingClient): Promise<Outcome> {
    if (this.#closed) return closing;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const until = performance.now() + this.#options.timeoutMs();
    const waiting = { client, item: { task, resolve }, bytes: task.octets?.length ?? 0, until };
    for (const { item } of this.#queue.add(waiting)) item.resolve(busy);
    this.#next();
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { item } of this.#queue.clear()) item.resolve(closing);
    const idle = [...this.#idle].map((each) => this.#endIdle(each));
    await Promise.all([...idle, ...[...this.#busy].map((thread) => thread.end())]);
  }

  #next(): void {
    const now = performance.now();
    for (const { item } of this.#queue.expired(now)) item.resolve(busy);
    while (this.#busy.size < this.#options.threads) {
      const waiting = this.#queue.next(now);
      if (!waiting) return;
      void this.#perform(this.#take(), waiting, waiting.until - now);
    }
  }

  #take(): ReadingThread {
    const [idle] = this.#idle;
    const kept = idle && this.#wake(idle);
    const thread = kept && !kept.isSpent ? kept : new ReadingThread(this.#options.heapMegabytes);
    this.#busy.add(thread);
    return thread;
  }

  async #perform(thread: ReadingThread, waiting: Waiting<Item>, timeoutMs: number): Promise<void> {
    const { outcome, cpuMs } = await thread.read(waiting.item.task, timeoutMs);
    this.#queue.done(waiting, cpuMs, performance.now());
    waiting.item.resolve(outcome);
    if (thread.isSpent || this.#closed) await thread.end();
    else this.#keep(thread);
    this.#busy.delete(thread);
    this.#next();
  }

  #keep(thread: ReadingThread): void {
    const timer = setTimeout(() => void this.#endIdle(idle), this.#options.idleMs).unref();
    const idle: Idle = { thread, timer };
    this.#idle.add(idle);
  }

  async #endIdle(idle: Idle): Promise<void> {
    await this.#wake(idle).end();
  }

  #wake(idle: Idle): ReadingThread {
    clearTimeout(idle.timer);
    this.#idle.delete(idle);
    return idle.thread;
  }
}

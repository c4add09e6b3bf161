/**
 * One thread that reads messages, a task at a time, within CPU time of its own and time by the clock. Other threads and a busy
 * machine do not count against a message: whoever uses up its CPU time is `unopened`, whoever is late by the clock is a `fault`.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Content } from '../../platform/values/content.ts';
import { OUT_OF_TIME } from './archives/archive.ts';
import type { ReadTask, Report } from './content-worker.ts';

export type Outcome =
  | { readonly kind: 'read'; readonly content: Content }
  /** It cannot be read within the bounds of one message, now or later. */
  | { readonly kind: 'unopened'; readonly reason: string; readonly closed?: Content }
  /** It could not be read for want of time, a thread or a file. */
  | { readonly kind: 'fault'; readonly reason: string };

export interface Reading {
  readonly outcome: Outcome;
  /** CPU time that it took. */
  readonly cpuMs: number;
}

interface Current {
  readonly resolve: (outcome: Outcome) => void;
  /** CPU time of the thread at which the task is ended. */
  readonly mostCpuMs: number;
  closed?: Content;
}

/** Published, the thread is JavaScript as this file is. */
const program = new URL(`./content-worker${extname(import.meta.url)}`, import.meta.url);
/** Beyond the CPU time of a task, for the thread to end it by itself; a new one also starts in it. */
const GRACE_MS = 500;
const LOOK_MS = 50;

export class ReadingThread {
  readonly #worker: Worker;
  #current: Current | undefined;
  /** CPU time of the thread, as far as it is known. */
  #cpuMs = 0;
  #timer: NodeJS.Timeout | undefined;
  /** It is to do nothing more. */
  isSpent = false;

  constructor(heapMegabytes: number) {
    this.#worker = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } });
    this.#worker.on('message', (report: Report) => this.#onReport(report));
    this.#worker.on('error', (error: Error) => this.#onError(error));
    this.#worker.on('exit', () => this.#giveUp('fault', 'the thread that read it has ended'));
    this.#worker.unref();
  }

  /** Never rejects. */
  async read(task: ReadTask, timeoutMs: number): Promise<Reading> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const beforeMs = this.#cpuMs;
    const mostMs = task.unpack.cpuMs + GRACE_MS;
    this.#current = { resolve, mostCpuMs: beforeMs + mostMs };
    this.#worker.ref();
    const late = setTimeout(() => this.#giveUp('fault', 'it was not read in time'), timeoutMs);
    this.#lookAfter(mostMs);
    this.#worker.postMessage(task, task.octets ? [task.octets.buffer as ArrayBuffer] : []);
    try {
      return { outcome: await promise, cpuMs: this.#cpuMs - beforeMs };
    } finally {
      clearTimeout(late);
      clearTimeout(this.#timer);
      this.#current = undefined;
      this.#worker.unref();
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #onReport(report: Report): void {
    if (!this.#current) return;
    if (report.kind === 'closed') {
      this.#current.closed = report.content;
      return;
    }
    this.#cpuMs = report.threadCpuMs;
    this.isSpent ||= report.isSpent;
    if (report.kind === 'read') this.#current.resolve({ kind: 'read', content: report.content });
    else if (report.ofHost) this.#current.resolve({ kind: 'fault', reason: report.reason });
    else this.#resolveUnopened(`it could not be read: ${report.reason}`);
  }

  #onError(error: Error): void {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY')
      return this.#giveUp('fault', error.message);
    // Nobody can say any more what it took.
    this.#cpuMs = this.#current?.mostCpuMs ?? this.#cpuMs;
    this.#giveUp('unopened', 'it takes more memory than one message may have');
  }

  #giveUp(kind: 'unopened' | 'fault', reason: string): void {
    this.isSpent = true;
    if (kind === 'fault') this.#current?.resolve({ kind, reason });
    else this.#resolveUnopened(reason);
  }

  #resolveUnopened(reason: string): void {
    const closed = this.#current?.closed;
    this.#current?.resolve({ kind: 'unopened', reason, ...(closed && { closed }) });
  }

  #lookAfter(ms: number): void {
    this.#timer = setTimeout(() => void this.#look(), Math.max(LOOK_MS, ms));
  }

  /** The thread answers also while it is at work. */
  async #look(): Promise<void> {
    const current = this.#current;
    try {
      const { user, system } = await this.#worker.cpuUsage();
      if (!current || this.#current !== current) return;
      this.#cpuMs = (user + system) / 1_000;
      const leftMs = current.mostCpuMs - this.#cpuMs;
      if (leftMs <= 0) this.#giveUp('unopened', OUT_OF_TIME);
      else this.#lookAfter(leftMs);
    } catch {
      // The thread has ended, or Node is older than 24.6: what it takes by the clock is bounded all the same.
    }
  }
}

/** A thread that reads messages, one after the other, for `reading-thread.ts`. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { readRegularSync } from '../../platform/files/regular-file.ts';
import type { Content } from '../../platform/values/content.ts';
import type { UnpackBounds } from './archives/archive.ts';
import { loadLibarchive, type Libarchive } from './archives/libarchive.ts';
import { Openings } from './open-attachments.ts';
import { Reading } from './read-content.ts';

/** The octets of a message, or the file that holds them. */
export interface ReadTask {
  readonly octets?: Uint8Array;
  readonly path?: string;
  readonly unpack: UnpackBounds;
}

/** What the thread has used when it reports the end of a task. */
export interface ThreadUse {
  /** CPU time since it was started. */
  readonly threadCpuMs: number;
  /** It keeps more memory than a thread should, or its library failed: another is to take its place. */
  readonly isSpent: boolean;
}

export type Report =
  /** The message is read, and its attachments are opened next. */
  | { readonly kind: 'closed'; readonly content: Content }
  | ({ readonly kind: 'read'; readonly content: Content } & ThreadUse)
  /** `ofHost`: the message has no part in it. */
  | ({ readonly kind: 'failed'; readonly reason: string; readonly ofHost: boolean } & ThreadUse);

/** Memory that a thread may keep from one message to the next. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** On Linux a priority is that of the thread: sessions come before what is read here. */
const PRIORITY = 5;

let library: Libarchive | undefined;

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** The library is loaded when a message first has something that only it can open. */
async function read({ octets, path, unpack }: ReadTask): Promise<Content> {
  const startMs = cpuMs();
  const usedMs = (): number => cpuMs() - startMs;
  const reading = new Reading(path === undefined ? Buffer.from(octets!.buffer) : readRegularSync(path));
  if (!reading.hasToOpen) return reading.content();
  parentPort?.postMessage({ kind: 'closed', content: reading.content() } satisfies Report);
  const openings = new Openings(unpack, library, usedMs);
  reading.open(openings.open);
  if (openings.wantsLibrary && !library) {
    library = await loadLibarchive();
    reading.open(new Openings(unpack, library, usedMs).open);
  }
  return reading.content();
}

function use(): ThreadUse {
  const { heapTotal, external } = process.memoryUsage();
  const bytes = heapTotal + external + (library?.functions.HEAPU8.length ?? 0);
  return { threadCpuMs: cpuMs(), isSpent: library?.broken === true || bytes > KEPT_BYTES };
}

async function report(task: ReadTask): Promise<Report> {
  try {
    return { kind: 'read', content: await read(task), ...use() };
  } catch (error) {
    const { message } = error as Error;
    return { kind: 'failed', reason: message, ofHost: 'syscall' in (error as Error), ...use() };
  }
}

if (process.platform === 'linux')
  try {
    setPriority(PRIORITY);
  } catch {
    // A sandbox may forbid it.
  }
parentPort?.on('message', (task: ReadTask) => {
  void report(task).then((end) => parentPort?.postMessage(end));
});

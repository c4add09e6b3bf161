/**
 * The content of a body, read once whoever asks. Small messages are read at once, for that takes less than to hand them
 * over; others, and those with something to unpack, in a thread, so that sessions go on. A message that exceeds the bounds of one
 * message has a content that says so (`unopened`); it is no fault, for the next attempt would end like this one.
 */
import { clientOf, neighbourhoodOf } from '../../platform/network/client-network.ts';
import { readStart } from '../../platform/files/read-start.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Content } from '../../platform/values/content.ts';
import type { Session } from '../../platform/values/session.ts';
import type { UnpackBounds } from './archives/archive.ts';
import { bounds } from './bounds.ts';
import { notOpened } from './open-attachments.ts';
import type { ReadTask } from './content-worker.ts';
import { contentNotRead, Reading } from './read-content.ts';
import type { CpuShare, ReadingClient } from './reading-queue.ts';
import type { Outcome } from './reading-thread.ts';
import { ReadingThreads } from './reading-threads.ts';

/** Who sent a message. */
export type Sender = Pick<Session, 'client' | 'trusted'>;

export interface Contents {
  /** @throws when it could not be read for want of time, a thread or a file: it may be later */
  contentOf(body: Body, sender: Sender): Content | Promise<Content>;
  close(): Promise<void>;
}

/** Octets up to which a message is read at once. */
const SMALL_BYTES = 64 * 1024;
const THREADS = 2;
const WAITING = { places: 100, bytes: 64 * 1024 * 1024 };
const HEAP_MEGABYTES = 256;
/** After this long without work a thread is ended. */
const IDLE_MS = 20_000;
/** What a network may use: the CPU time of so many messages at once, and as much again in each minute. */
const MESSAGES = 5;
const SHARE_MS = 60_000;

export interface ContentRules extends UnpackBounds {
  /** How long one message may take, from when it is to be read. */
  readonly timeoutMs: number;
}

export function openContents(rules: () => ContentRules): Contents {
  const share = (): CpuShare => {
    const { cpuMs } = rules();
    return { count: MESSAGES * cpuMs, perMs: SHARE_MS, perMessage: cpuMs };
  };
  const threads = new ReadingThreads({
    threads: THREADS,
    timeoutMs: () => rules().timeoutMs,
    share,
    waiting: WAITING,
    heapMegabytes: HEAP_MEGABYTES,
    idleMs: IDLE_MS,
  });
  const known = new WeakMap<Body, Content | Promise<Content>>();

  function read(body: Body, sender: Sender): Content | Promise<Content> {
    const { chunks, path, sizeBytes } = body;
    const { depth, bytes, cpuMs } = rules();
    const unpack = { depth, bytes, cpuMs };
    const inThread = (task: ReadTask): Promise<Content> =>
      threads.read(task, readingClientOf(sender)).then((end) => contentBy(end, body));
    if (!chunks) return inThread({ path: path!, unpack });
    if (sizeBytes <= SMALL_BYTES) {
      const reading = new Reading(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
      if (!reading.hasToOpen) return reading.content();
    }
    return inThread({ octets: joined(chunks, sizeBytes), unpack });
  }

  return {
    contentOf(body, sender) {
      const before = known.get(body);
      if (before) return before;
      const content = read(body, sender);
      known.set(body, content);
      return content;
    },
    close: () => threads.close(),
  };
}

const readingClientOf = ({ client, trusted }: Sender): ReadingClient => ({
  address: clientOf(client.address),
  network: neighbourhoodOf(client.address),
  trusted,
});

/** @throws a fault */
async function contentBy(outcome: Outcome, body: Body): Promise<Content> {
  if (outcome.kind === 'read') return outcome.content;
  if (outcome.kind === 'fault') throw new Error(outcome.reason);
  const { closed, reason } = outcome;
  if (!closed) return contentNotRead(await readStart(body, bounds.headerBytes), reason);
  const attachments = closed.facts.attachments.map((facts) => notOpened(facts, reason));
  return { ...closed, facts: { ...closed.facts, attachments } };
}

/** A copy that can be given away. */
function joined(chunks: readonly Buffer[], sizeBytes: number): Uint8Array {
  const octets = new Uint8Array(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    octets.set(chunk, at);
    at += chunk.length;
  }
  return octets;
}

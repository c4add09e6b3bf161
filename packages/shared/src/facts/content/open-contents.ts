/**
 * The content of a body, read once whoever asks. Small messages are read at once, for that takes less than to hand them
 * over; others, and those with something to unpack, in a thread, so that sessions go on.
 */
import type { Body } from '../../values/body.ts';
import type { Content } from '../../values/content.ts';
import type { UnpackBounds } from './archives/archive.ts';
import { Reading } from './read-content.ts';
import { openReadingThreads } from './reading-threads.ts';

export interface Contents {
  /** @throws when it could not be read: no time, no thread, no file */
  contentOf(body: Body): Content | Promise<Content>;
  close(): Promise<void>;
}

/** Octets up to which a message is read at once. */
const SMALL_BYTES = 64 * 1024;
const THREADS = 2;
const WAITING = 100;
const HEAP_MEGABYTES = 256;

export interface ContentRules extends UnpackBounds {
  /** How long one message may take, once a thread has it. */
  readonly timeoutMs: number;
}

export function openContents(rules: () => ContentRules): Contents {
  const threads = openReadingThreads({
    threads: THREADS,
    timeoutMs: () => rules().timeoutMs,
    waiting: WAITING,
    heapMegabytes: HEAP_MEGABYTES,
  });
  const known = new WeakMap<Body, Content | Promise<Content>>();

  function read({ chunks, path, sizeBytes }: Body): Content | Promise<Content> {
    const { depth, bytes } = rules();
    const unpack = { depth, bytes };
    if (!chunks) return threads.read({ path: path!, unpack });
    if (sizeBytes <= SMALL_BYTES) {
      const reading = new Reading(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
      if (!reading.hasToOpen) return reading.content();
    }
    return threads.read({ octets: joined(chunks, sizeBytes), unpack });
  }

  return {
    contentOf(body) {
      const before = known.get(body);
      if (before) return before;
      const content = read(body);
      known.set(body, content);
      return content;
    },
    close: threads.close,
  };
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

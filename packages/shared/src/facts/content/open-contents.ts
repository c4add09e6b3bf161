/**
 * The content of a body, read once whoever asks. Small messages are read at once, for that takes less than to hand them
 * over; others in a thread, so that sessions go on.
 */
import type { Body } from '../../values/body.ts';
import type { Content } from '../../values/content.ts';
import { readContent } from './read-content.ts';
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

/** @param timeoutMs how long one message may take, once a thread has it */
export function openContents(timeoutMs: () => number): Contents {
  const threads = openReadingThreads({
    threads: THREADS,
    timeoutMs,
    waiting: WAITING,
    heapMegabytes: HEAP_MEGABYTES,
  });
  const known = new WeakMap<Body, Content | Promise<Content>>();

  function read({ chunks, path, sizeBytes }: Body): Content | Promise<Content> {
    if (!chunks) return threads.read({ path: path! });
    if (sizeBytes <= SMALL_BYTES)
      return readContent(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    const octets = new Uint8Array(sizeBytes);
    let at = 0;
    for (const chunk of chunks) {
      octets.set(chunk, at);
      at += chunk.length;
    }
    return threads.read({ octets });
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

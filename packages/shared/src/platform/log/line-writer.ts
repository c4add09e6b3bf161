/**
 * Writes lines to a file descriptor in batches: when 32 KB are there, or a tenth of a second after the first. A log
 * line costs a fraction of what a write of its own would.
 *
 * Characters that steer a terminal or hide what a text says are written as JSON writes them.
 *
 * Never blocks the loop and never loses a line while the process lives. Whoever reads too slowly costs memory; past
 * `MAX_WAITING` the newest lines are dropped and counted, which the next line that fits says.
 */
import { isAscii } from 'node:buffer';
import { write, writeSync } from 'node:fs';
import { visibleLines } from '../values/printable.ts';
import { LateLines, type LateLine } from './late-lines.ts';

export interface LineWriter {
  write(line: LateLine): void;
  /** Writes all there is before it returns, for the way out. What was being written just then may stand there twice. */
  flushSync(): void;
}

const BATCH = 32_768;
const DELAY_MS = 100;
const AGAIN_MS = 10;
const MOST_TRIES = 10_000;
const LINE_END = 10;
const MAX_WAITING = 64 * 1024 * 1024;

/** @param most octets in a write, as far as a line has no more */
export function createLineWriter(fd: number, most = Infinity): LineWriter {
  const lines = new LateLines();
  let dropped = 0;
  /** Being written; its rest after a write that took only some of it. */
  let batch = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;

  /** Whole lines, as many as one write may have. */
  function pieceOf(octets: Buffer): Buffer {
    if (octets.length <= most) return octets;
    const end = octets.lastIndexOf(LINE_END, most - 1);
    return octets.subarray(0, (end < 0 ? octets.indexOf(LINE_END) : end) + 1);
  }

  function begin(): void {
    clearTimeout(timer);
    timer = undefined;
    if (batch.length > 0 || lines.count === 0) return;
    batch = octetsOf(lines.take());
    proceed();
  }

  function proceed(): void {
    write(fd, pieceOf(batch), (error, written) => {
      if (error && error.code !== 'EAGAIN') batch = Buffer.alloc(0);
      else batch = batch.subarray(error ? 0 : written);
      if (error?.code === 'EAGAIN') setTimeout(proceed, AGAIN_MS).unref();
      else if (batch.length > 0) proceed();
      // Without a timer, its time passed while this was being written.
      else if (lines.length >= BATCH || timer === undefined) begin();
    });
  }

  return {
    write(line) {
      if (lines.length > MAX_WAITING) {
        dropped += 1;
        return;
      }
      if (dropped > 0) {
        const count = dropped;
        lines.add(() => `{"level":"warn","event":"log.dropped","lines":${count}}`);
      }
      dropped = 0;
      lines.add(line);
      if (lines.length >= BATCH) begin();
      else timer ??= setTimeout(begin, DELAY_MS).unref();
    },
    flushSync() {
      let rest = Buffer.concat([batch, octetsOf(lines.take())]);
      batch = Buffer.alloc(0);
      for (let tries = 0; rest.length > 0 && tries < MOST_TRIES; tries += 1)
        try {
          rest = rest.subarray(writeSync(fd, pieceOf(rest)));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        }
    },
  };
}

/** Nearly all batches are ASCII, which JSON leaves nothing to do for. */
function octetsOf(text: string): Buffer<ArrayBuffer> {
  const octets = Buffer.from(text);
  return isAscii(octets) ? octets : Buffer.from(visibleLines(text));
}

/**
 * Lines that are written down in order and kept for a time and up to a size: files in a directory, each named by the time
 * of its first line, the oldest deleted as new ones come. What is appended is in memory for a moment and is not synced,
 * so a crash loses the last of it, and nobody waits for the disk.
 */
import { constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../time/clock.ts';
import { LateLines, type LateLine } from '../log/late-lines.ts';
import { openRegular, readRegular } from './regular-file.ts';

export interface SegmentsOptions {
  readonly directory: string;
  /** Octets of all files; 0 keeps nothing. */
  maxBytes(): number;
  /** 0 keeps nothing. */
  keepMs(): number;
  readonly clock: Clock;
  /** Lines could not be written, and are lost. */
  onFault(error: Error, lines: number): void;
}

export interface Segments {
  append(line: LateLine): void;
  /** Resolves when all that was appended has been handed to the system. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
const WRITE_AFTER_MS = 250;
const WRITE_AT_BYTES = 64 * 1024;
/** Beyond this the disk does not keep up, and lines are lost. */
const LARGEST_BACKLOG_BYTES = 8 * 1024 * 1024;
const [SMALLEST_FILE_BYTES, LARGEST_FILE_BYTES] = [256 * 1024, 4 * 1024 * 1024];
const PRUNE_EVERY_MS = 60_000;
const ENDING = '.jsonl';

export function openSegments(options: SegmentsOptions): Segments {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  return new SegmentFiles(options);
}

class SegmentFiles implements Segments {
  readonly #options: SegmentsOptions;
  readonly #pruner: NodeJS.Timeout;
  readonly #lines = new LateLines();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #file: { readonly handle: FileHandle; bytes: number } | undefined;
  #lastName = 0;

  constructor(options: SegmentsOptions) {
    this.#options = options;
    this.#pruner = setInterval(() => this.#prune(), PRUNE_EVERY_MS).unref();
    this.#prune();
  }

  append(line: LateLine): void {
    const { maxBytes, keepMs, onFault } = this.#options;
    if (keepMs() === 0 || maxBytes() === 0) return;
    if (this.#lines.length > LARGEST_BACKLOG_BYTES) {
      onFault(new Error('the disk does not keep up'), 1);
      return;
    }
    this.#lines.add(line);
    if (this.#lines.length >= WRITE_AT_BYTES) this.#write();
    else this.#writeSoon();
  }

  async flush(): Promise<void> {
    while (this.#writing || this.#lines.count > 0) {
      this.#write();
      await this.#writing;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#pruner);
    await this.flush();
    await this.#file?.handle.close();
    this.#file = undefined;
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => this.#write(), WRITE_AFTER_MS).unref();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      if (this.#lines.count > 0) this.#writeSoon();
    });
  }

  /** What came meanwhile waits until it is worth a write of its own. */
  async #writeAll(): Promise<void> {
    if (this.#lines.count === 0) return;
    do {
      const { count } = this.#lines;
      try {
        const octets = Buffer.from(this.#lines.take());
        const file = (this.#file ??= { handle: await this.#create(), bytes: 0 });
        await file.handle.appendFile(octets);
        file.bytes += octets.length;
        if (file.bytes >= this.#fileBytes()) await this.#finish();
      } catch (error) {
        this.#options.onFault(error as Error, count);
        await this.#finish().catch(() => undefined);
      }
    } while (this.#lines.length >= WRITE_AT_BYTES);
  }

  #fileBytes(): number {
    return Math.min(Math.max(this.#options.maxBytes() / 16, SMALLEST_FILE_BYTES), LARGEST_FILE_BYTES);
  }

  #create(): Promise<FileHandle> {
    this.#lastName = Math.max(this.#options.clock.now(), this.#lastName + 1);
    const name = `${String(this.#lastName).padStart(15, '0')}${ENDING}`;
    return openRegular(join(this.#options.directory, name), APPEND);
  }

  async #finish(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
    this.#prune();
  }

  /** Deletes the oldest files until the rest is young and small enough; never the one that is being written. */
  #prune(): void {
    const { directory, maxBytes, keepMs, clock, onFault } = this.#options;
    try {
      let total = 0;
      const [newest, ...older] = namesIn(directory).toReversed();
      if (newest === undefined) return;
      for (const name of this.#file ? older : [newest, ...older]) {
        const { size, mtimeMs } = statSync(join(directory, name));
        total += size;
        if (total > maxBytes() || clock.now() - mtimeMs > keepMs()) rmSync(join(directory, name));
      }
    } catch (error) {
      onFault(error as Error, 0);
    }
  }
}

/** Oldest first. */
const namesIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(ENDING))
    .sort();

/**
 * The lines that contain one of the texts, in any case, the newest first. At most one file is in memory; files that were
 * finished before `since` are passed over. There may be a broken line at the end of a file.
 */
export async function* linesWith(
  directory: string,
  texts: readonly string[],
  since = 0,
): AsyncIterable<string> {
  const wanted = texts.map((text) => text.toLowerCase());
  for await (const content of contentsOf(directory, since)) {
    const lower = content.toLowerCase();
    // A few letters change their length with their case; then places in one text are none in the other.
    const [haystack, needles] = lower.length === content.length ? [lower, wanted] : [content, texts];
    yield* [...linesIn(content, haystack, needles)].reverse();
  }
}

/** All lines from a time on, the newest files first. */
export async function* linesSince(directory: string, since: number): AsyncIterable<string> {
  for await (const content of contentsOf(directory, since))
    yield* content.split('\n').filter((line) => line !== '');
}

async function* contentsOf(directory: string, since: number): AsyncIterable<string> {
  let names: string[] = [];
  try {
    names = namesIn(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  for (const name of names.toReversed()) {
    const path = join(directory, name);
    try {
      if (statSync(path).mtimeMs < since) continue;
      yield (await readRegular(path)).toString();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // deleted meanwhile
    }
  }
}

function* linesIn(content: string, haystack: string, needles: readonly string[]): Iterable<string> {
  const next = needles.map((needle) => haystack.indexOf(needle));
  for (;;) {
    const at = Math.min(...next.map((place) => (place < 0 ? Infinity : place)));
    if (at === Infinity) return;
    const start = haystack.lastIndexOf('\n', at) + 1;
    const found = haystack.indexOf('\n', at);
    const end = found < 0 ? haystack.length : found;
    yield content.slice(start, end);
    needles.forEach((needle, i) => {
      if (next[i]! >= 0 && next[i]! < end) next[i] = haystack.indexOf(needle, end);
    });
  }
}

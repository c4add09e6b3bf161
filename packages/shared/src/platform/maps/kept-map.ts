/**
 * A map that is kept over restarts: in memory, with a journal beside it of a line for each change, which is read at the
 * start and written anew when most of it is stale. For what costs little to lose: nothing waits for the disk, a journal with lines
 * that cannot be read is reported and kept beside, and one that cannot be written is reported and done without. Bounded: the entry
 * that was set the longest ago goes first.
 */
import { constants, createWriteStream, mkdirSync, renameSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { BoundedMap } from './bounded-map.ts';
import { createFileSync, openRegularSync, readRegularSync, setAside } from '../files/regular-file.ts';

export interface KeptMapOptions<V> {
  readonly path: string;
  /** False where another process writes the journal: it is read, and changes are in memory only. */
  readonly keeps?: boolean;
  /** Entries. */
  readonly most: number;
  /** One line. */
  format(key: string, value: V): string;
  parse(line: string): [key: string, value: V] | undefined;
  /** Told when the journal cannot be read or written. */
  onFault(error: Error): void;
}

export interface KeptMap<V> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** The one that was set the longest ago first. */
  keys(): Iterable<string>;
  entries(): Iterable<[string, V]>;
  close(): Promise<void>;
}

export function openKeptMap<V>({
  path,
  keeps = true,
  most,
  format,
  parse,
  onFault,
}: KeptMapOptions<V>): KeptMap<V> {
  const kept = new BoundedMap<V>(most);
  let journal: WriteStream | null = null;
  let lines = 0;

  function rewrite(): void {
    journal?.end();
    journal = null;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const text = [...kept.entries()].map(([key, value]) => `${format(key, value)}\n`).join('');
      journal = startJournal(path, text).on('error', (error) => {
        journal = null;
        onFault(error);
      });
      lines = kept.size;
    } catch (error) {
      onFault(error as Error);
    }
  }

  let unread = 0;
  for (const line of readLines(path, onFault)) {
    const entry = parse(line);
    if (entry) kept.set(...entry);
    else unread += 1;
  }
  if (unread > 0 && keeps) reportUnread(path, unread, onFault);
  if (keeps) rewrite();

  return {
    get size() {
      return kept.size;
    },
    get: (key) => kept.get(key),
    set(key, value) {
      kept.set(key, value);
      if (!keeps) return;
      lines += 1;
      if (lines > kept.size + most / 2) rewrite();
      else journal?.write(`${format(key, value)}\n`);
    },
    keys: () => kept.keys(),
    entries: () => kept.entries(),
    close: () =>
      new Promise((resolve) => {
        if (journal) journal.end(resolve);
        else resolve();
      }),
  };
}

function reportUnread(path: string, unread: number, onFault: (error: Error) => void): void {
  try {
    const copy = setAside(path);
    onFault(new Error(`${path} is damaged: ${unread} lines cannot be read; it is kept as ${copy}`));
  } catch (error) {
    onFault(error as Error);
  }
}

/** Writes it anew, and goes on from there. It is opened at once: what the journal before still writes goes into that. */
function startJournal(path: string, text: string): WriteStream {
  createFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return createWriteStream(path, { fd: openRegularSync(path, constants.O_WRONLY | constants.O_APPEND) });
}

/** Without the last when it has no end: the process was killed while it wrote it. */
function readLines(path: string, onFault: (error: Error) => void): string[] {
  try {
    return readRegularSync(path).toString().split('\n').slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onFault(error as Error);
    return [];
  }
}

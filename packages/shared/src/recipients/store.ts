/**
 * Keeps what is known about recipients over restarts: in memory, with a journal beside it that is read at the start.
 *
 *     +1798761600000 user@example.com        valid, learnt then
 *     -1798761600000 nobody@example.com      not
 *
 * Losing some of it costs a few call-forwards, so nothing waits for the disk, a line that cannot be read is passed
 * over, and a journal that cannot be written is reported and done without. The oldest knowledge goes when there is
 * more than `MAX_KNOWN`: a guesser of names must not fill the memory.
 */
import {
  createWriteStream,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
  type WriteStream,
} from 'node:fs';
import { join } from 'node:path';
import { newest, type Knowledge } from './knowledge.ts';

export interface KnowledgeStore {
  get(key: string): Knowledge | undefined;
  /** Learnt here. */
  put(key: string, knowledge: Knowledge): void;
  /** Learnt elsewhere: it counts when it is newer than what is known here. @returns whether it is */
  merge(key: string, knowledge: Knowledge): boolean;
  /** All that is known of, the longest known first. */
  keys(): Iterable<string>;
  /** Calls with the key of what is learnt here from now on. */
  onLearnt(listener: (key: string) => void): void;
  close(): Promise<void>;
}

const MAX_KNOWN = 100_000;
/** Lines beyond one for each that is known, before the journal is written anew. */
const MAX_STALE_LINES = 50_000;

/** @param onFault told when the journal cannot be read or written */
export function openKnowledgeStore(directory: string, onFault: (error: Error) => void): KnowledgeStore {
  const path = join(directory, 'recipients.journal');
  const known = new Map<string, Knowledge>();
  let journal: WriteStream | null = null;
  let lines = 0;
  const listeners: ((key: string) => void)[] = [];

  const remember = (key: string, knowledge: Knowledge): void => {
    known.delete(key);
    known.set(key, knowledge);
    if (known.size > MAX_KNOWN) known.delete(known.keys().next().value!);
  };

  function rewrite(): void {
    journal?.end();
    journal = null;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      journal = startJournal(path, known).on('error', (error) => {
        journal = null;
        onFault(error);
      });
      lines = known.size;
    } catch (error) {
      onFault(error as Error);
    }
  }

  function write(key: string, knowledge: Knowledge): void {
    remember(key, knowledge);
    lines += 1;
    if (lines > known.size + MAX_STALE_LINES) rewrite();
    else journal?.write(lineOf(key, knowledge));
  }

  for (const [key, knowledge] of readJournal(path, onFault)) remember(key, knowledge);
  rewrite();

  return {
    get: (key) => known.get(key),
    put(key, knowledge) {
      write(key, knowledge);
      for (const listener of listeners) listener(key);
    },
    merge(key, knowledge) {
      const own = known.get(key);
      const merged = own ? newest(own, knowledge) : knowledge;
      if (own && merged.learnedAt === own.learnedAt && merged.valid === own.valid) return false;
      write(key, merged);
      return true;
    },
    keys: () => known.keys(),
    onLearnt: (listener) => void listeners.push(listener),
    close: () =>
      new Promise((resolve) => {
        if (journal) journal.end(resolve);
        else resolve();
      }),
  };
}

/** Writes it anew with a line for each, and goes on from there. */
function startJournal(path: string, known: ReadonlyMap<string, Knowledge>): WriteStream {
  const text = [...known].map(([key, knowledge]) => lineOf(key, knowledge)).join('');
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return createWriteStream(path, { flags: 'a', mode: 0o600 });
}

const lineOf = (key: string, knowledge: Knowledge): string => `${formatKnown(key, knowledge)}\n`;

/** `+1798761600000 user@example.com` */
export const formatKnown = (key: string, { valid, learnedAt }: Knowledge): string =>
  `${valid ? '+' : '-'}${learnedAt} ${key}`;

export function parseKnown(text: string): [key: string, Knowledge] | undefined {
  const [, sign, time, key] = /^([+-])(\d{1,15}) (\S{1,400})$/.exec(text) ?? [];
  return key?.includes('@') ? [key, { valid: sign === '+', learnedAt: Number(time) }] : undefined;
}

function* readJournal(path: string, onFault: (error: Error) => void): Iterable<[string, Knowledge]> {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onFault(error as Error);
  }
  for (const line of text.split('\n').slice(0, -1)) {
    const known = parseKnown(line);
    if (known) yield known;
  }
}

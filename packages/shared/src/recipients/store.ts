/**
 * Keeps what is known about recipients over restarts, in lmdb. Losing it costs a few call-forwards, so nothing
 * waits for it to be on disk.
 */
import { open } from 'lmdb';
import type { Knowledge } from './knowledge.ts';

export interface KnowledgeStore {
  get(key: string): Knowledge | undefined;
  put(key: string, knowledge: Knowledge): void;
  remove(key: string): void;
  entries(): Iterable<{ key: string; knowledge: Knowledge }>;
  close(): Promise<void>;
}

const MAX_KEY = 500;

export function openKnowledgeStore(directory: string): KnowledgeStore {
  const database = open<string, string>({ path: directory, encoding: 'string', noSync: true, maxDbs: 1 });
  const parse = (value: string): Knowledge => ({ valid: value.startsWith('+'), learnedAt: Number(value.slice(1)) });
  return {
    get: (key) => {
      const value = key.length <= MAX_KEY ? database.get(key) : undefined;
      return value === undefined ? undefined : parse(value);
    },
    put: (key, { valid, learnedAt }) => {
      if (key.length <= MAX_KEY) void database.put(key, `${valid ? '+' : '-'}${learnedAt}`);
    },
    remove: (key) => void database.remove(key),
    *entries() {
      for (const { key, value } of database.getRange()) yield { key, knowledge: parse(value) };
    },
    close: () => database.close(),
  };
}

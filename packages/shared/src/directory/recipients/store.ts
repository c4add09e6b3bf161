/**
 * Keeps what is known about recipients over restarts: in memory, with a journal beside it that is read at the start.
 *
 *     +1798761600000 user@example.com        valid, learnt then
 *     !1798761600000 nobody@example.com      not, proven by a call-forward
 *
 * Earlier versions wrote `-`, also for a mailbox that had refused one sender. Such lines, and such items of a partner, are passed over.
 *
 * Losing some of it costs a few call-forwards, so nothing waits for the disk, a line that cannot be read is passed
 * over, and a journal that cannot be written is reported and done without. The oldest knowledge goes when there is
 * more than `MAX_KNOWN`: a guesser of names must not fill the memory.
 */
import { join } from 'node:path';
import { openKeptMap } from '../../platform/maps/kept-map.ts';
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

/**
 * @param onFault told when the journal cannot be read or written
 * @param keeps false where another process writes it
 */
export function openKnowledgeStore(
  directory: string,
  onFault: (error: Error) => void,
  keeps = true,
): KnowledgeStore {
  const known = openKeptMap<Knowledge>({
    path: join(directory, 'recipients.journal'),
    keeps,
    most: MAX_KNOWN,
    format: formatKnown,
    parse: parseKnown,
    onFault,
  });
  const listeners: ((key: string) => void)[] = [];

  return {
    get: (key) => known.get(key),
    put(key, knowledge) {
      known.set(key, knowledge);
      for (const listener of listeners) listener(key);
    },
    merge(key, knowledge) {
      const own = known.get(key);
      const merged = own ? newest(own, knowledge) : knowledge;
      if (own && merged.learnedAt === own.learnedAt && merged.valid === own.valid) return false;
      known.set(key, merged);
      return true;
    },
    keys: () => known.keys(),
    onLearnt: (listener) => void listeners.push(listener),
    close: () => known.close(),
  };
}

/** `+1798761600000 user@example.com`; also the form in which partners and workers tell each other. */
export const formatKnown = (key: string, { valid, learnedAt }: Knowledge): string =>
  `${valid ? '+' : '!'}${learnedAt} ${key}`;

export function parseKnown(text: string): [key: string, Knowledge] | undefined {
  const [, sign, time, key] = /^([+!])(\d{1,15}) (\S{1,400})$/.exec(text) ?? [];
  return key?.includes('@') ? [key, { valid: sign === '+', learnedAt: Number(time) }] : undefined;
}

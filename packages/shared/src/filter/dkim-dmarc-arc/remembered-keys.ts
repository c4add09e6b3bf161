/**
 * Keys of signatures, read once a minute and not once a message: to make a key of its record takes as long as to verify with it. Goes
 * between mailauth's verifier and its cache for one message. What could not be had is not remembered.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';

export interface FoundKey {
  readonly publicKey: string | KeyObject;
}

type Arguments = readonly [type: string, name: string, minBitLength: number | undefined, options: KeyOptions];

interface KeyOptions {
  readonly strict?: boolean;
  readonly hashAlgo?: string;
}

/** Of mailauth. */
export interface KeyCache {
  /** By which what it finds is known. */
  readonly resolver: object;
  get(...asked: Arguments): Promise<FoundKey>;
}

const KEYS = 2_000;
const KEPT_MS = 60_000;

type Memory = Map<string, { readonly until: number; readonly key: Promise<FoundKey> }>;

/** Answers of one resolver are nothing to another. */
const memories = new WeakMap<object, Memory>();

/** @param owner by which the memory is found: the resolver behind that of the cache, which may be made for one message */
export function rememberKeys(cache: KeyCache, now: number, owner: object = cache.resolver): KeyCache {
  const memory: Memory = memories.get(owner) ?? new Map<string, never>();
  memories.set(owner, memory);
  return {
    resolver: cache.resolver,
    get(...asked) {
      const [, name, minBitLength, { strict, hashAlgo }] = asked;
      const question = [strict, minBitLength, hashAlgo, name].join(':');
      const known = memory.get(question);
      if (known && known.until > now) return known.key;
      const key = cache.get(...asked).then(parsed);
      if (memory.size >= KEYS) memory.clear();
      memory.set(question, { until: now + KEPT_MS, key });
      key.catch(() => memory.delete(question));
      return key;
    },
  };
}

const parsed = (found: FoundKey): FoundKey => ({
  ...found,
  publicKey: typeof found.publicKey === 'string' ? createPublicKey(found.publicKey) : found.publicKey,
});

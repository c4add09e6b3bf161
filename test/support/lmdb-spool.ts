/** The spool on LMDB as the conformance suite wants it, with the means to spoil it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import { openStore } from '@mailpair/shared/spool/store/lmdb-store';
import type { Store } from '@mailpair/shared/spool/store/lmdb-store';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import type { SpoolImplementation } from '../conformance/spool.ts';

const largeBodyBytes = 64 * 1024;

/** Changes what is stored behind the back of a closed spool. */
export async function tamper(directory: string, change: (store: Store) => void): Promise<void> {
  const store = openStore(join(directory, 'queue.mdb'));
  await store.commit(() => change(store));
  await store.close();
}

const bodyPath = (directory: string, id: string): string => join(directory, 'bodies', id);
const isFile = (store: Store, id: string): boolean => store.files.has(id);

export const implementation: SpoolImplementation = {
  module: import.meta.url,
  largeBodyBytes,
  open: (directory, onDamage) =>
    openLmdbSpool({
      directory,
      minFreeBytes: 0,
      bodyFileThresholdBytes: largeBodyBytes,
      clock: systemClock,
      ...(onDamage ? { onDamage } : {}),
    }),
  spoilEntry: (directory, id) =>
    tamper(directory, (store) => {
      const record = store.entries.get(id) ?? Buffer.alloc(0);
      store.entries.put(id, record.subarray(0, record.length - 10));
    }),
  spoilBody: (directory, id) =>
    tamper(directory, (store) => {
      if (isFile(store, id)) writeFileSync(bodyPath(directory, id), 'spoilt');
      else store.bodies.put(id, Buffer.from('spoilt'));
    }),
  loseBody: (directory, id) =>
    tamper(directory, (store) => {
      if (isFile(store, id)) rmSync(bodyPath(directory, id));
      else store.bodies.remove(id);
    }),
};

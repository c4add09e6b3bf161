/**
 * What opening does before the spool is used. The process that owned it before may have died at any moment, so:
 * - files in the incoming directory belong to messages nobody acknowledged: removed;
 * - a body file older than this process and without an entry is left over from such a message, or from one that was
 *   handed on: removed;
 * - an entry without a body is set aside;
 * - the index is made anew when it does not fit the entries.
 * The map changes as a whole or not at all, so its tables are compared by counting, and read through only when the
 * counts differ. Time is spent on large bodies and on damage, not on the length of the queue.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failpoints } from '../system/failpoint.ts';
import type { BodyFiles } from './body-files.ts';
import type { Store } from './lmdb-store.ts';
import type { Table } from './lmdb-table.ts';
import { decodeHead, dueText, idOfKey, indexKey } from './record.ts';
import { bucketOf } from './lane.ts';

export interface RecoveryFacts {
  readonly store: Store;
  readonly files: BodyFiles;
  readonly incomingDirectory: string;
  /** When this process started, ms since the epoch. */
  readonly startedAt: number;
  /** Sets an entry aside; resolves when that is on disk. */
  readonly setAside: (id: string, fault: string) => Promise<unknown>;
}

const keysPerCommit = 1000;

export async function recover(facts: RecoveryFacts): Promise<void> {
  for (const name of readdirSync(facts.incomingDirectory))
    rmSync(join(facts.incomingDirectory, name), { recursive: true, force: true });
  if (failpoints) await failpoints.pass('spool.recovering');
  await recoverFiles(facts);
  await recoverBodies(facts);
  if (facts.store.lanes.count() !== facts.store.entries.count()) await rebuildIndex(facts.store);
}

async function recoverFiles({ store, files, startedAt, setAside }: RecoveryFacts): Promise<void> {
  const present = new Set(files.ids());
  for (const id of inPages(store.files)) {
    if (!present.has(id)) await setAside(id, 'the file of the body is gone');
  }
  for (const id of present) {
    const wanted = store.files.has(id) || store.damaged.has(id);
    if (!wanted && files.writtenAt(id) < startedAt) await files.remove(id);
  }
}

async function recoverBodies({ store, setAside }: RecoveryFacts): Promise<void> {
  let kept = 0;
  for (const id of inPages(store.damaged)) if (store.bodies.has(id)) kept += 1;
  if (store.entries.count() === store.bodies.count() - kept + store.files.count()) return;
  for (const id of inPages(store.entries)) {
    if (!store.bodies.has(id) && !store.files.has(id)) await setAside(id, 'the body is gone');
  }
}

/** Removes what has no entry or another time, adds what is missing. An entry without a readable head is due at once. */
async function rebuildIndex(store: Store): Promise<void> {
  const rightKey = (id: string): string | undefined => {
    const record = store.entries.get(id);
    return record && indexKey(headIn(record, id), id);
  };
  await commitInPages(store, store.lanes, (key) => {
    if (rightKey(idOfKey(key)) !== key) store.lanes.remove(key);
  });
  await commitInPages(store, store.entries, (id) => {
    const key = rightKey(id);
    if (key !== undefined && !store.lanes.has(key)) store.lanes.put(key, Buffer.alloc(0));
  });
}

function headIn(record: Buffer, id: string): { readonly lane: string; readonly due: string } {
  const { lane = bucketOf(id), due = dueText(0) } = decodeHead(record) ?? {};
  return { lane, due };
}

export async function commitInPages(
  store: Store,
  table: Table,
  change: (key: string) => void,
): Promise<void> {
  for (const page of pages(table))
    await store.commit(() => {
      for (const key of page) change(key);
    });
}

function* inPages(table: Table): Iterable<string> {
  for (const page of pages(table)) yield* page;
}

/** Keys in order, read in pages so that the table may change meanwhile and nothing is held open. */
export function* pages(table: Table, after = ' ', limit = keysPerCommit): Iterable<string[]> {
  for (let from = after; ;) {
    const page = [...table.keys({ from, afterFrom: true, limit })];
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    from = last;
  }
}

/**
 * What opening does before the spool is used. The process that owned it before may have died at any moment, so:
 * - files in the incoming directory belong to messages nobody acknowledged: removed;
 * - a body file older than this process and without an entry is left over from such a message, or from one that was
 *   handed on: removed;
 * - an entry without a body is set aside;
 * - the index is made anew when it does not fit the entries.
 *
 * When damage was found (damaged-files.ts), a body without an entry may be of a message that was acknowledged: it is kept and
 * reported, not removed. Every entry is read then, and the index made anew.
 *
 * The map changes as a whole or not at all, so its tables are compared by counting, and read through only when the
 * counts differ. Time is spent on large bodies and on damage, not on the length of the queue.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failpoints } from '../../platform/process/failpoint.ts';
import { HEADER_BYTES, type BodyFiles } from './body-files.ts';
import type { DamagedFiles } from './damaged-files.ts';
import { readableIn } from './journal-read.ts';
import type { Store } from './lmdb-store.ts';
import type { Table } from './lmdb-table.ts';
import { decodeEntry, decodeHead, dueText, idOfKey, indexKey } from './record.ts';
import { bucketOf } from './lane.ts';
import type { Damage } from './spool.ts';

export interface RecoveryFacts {
  readonly store: Store;
  readonly files: BodyFiles;
  readonly incomingDirectory: string;
  /** When this process started, ms since the epoch. */
  readonly startedAt: number;
  /** Sets an entry aside; resolves when that is on disk. */
  readonly setAside: (id: string, fault: string) => Promise<unknown>;
  readonly kept: DamagedFiles;
  readonly onDamage?: ((damage: Damage) => void) | undefined;
}

const keysPerCommit = 1000;

export async function recover(facts: RecoveryFacts): Promise<void> {
  for (const name of readdirSync(facts.incomingDirectory))
    rmSync(join(facts.incomingDirectory, name), { recursive: true, force: true });
  if (failpoints) await failpoints.pass('spool.recovering');
  const { store, kept } = facts;
  await recoverFiles(facts);
  if (kept.isUnfinished) await recoverEach(facts);
  else await recoverBodies(facts);
  if (kept.isUnfinished || store.lanes.count() !== store.entries.count()) await rebuildIndex(store);
  kept.finish();
}

async function recoverFiles(facts: RecoveryFacts): Promise<void> {
  const { store, files, startedAt, setAside, kept } = facts;
  const present = new Set(files.ids());
  for (const id of inPages(store.files)) {
    if (!present.has(id)) await setAside(id, 'the file of the body is gone');
  }
  for (const id of present) {
    const wanted = store.files.has(id) || store.damaged.has(id);
    if (wanted || files.writtenAt(id) >= startedAt) continue;
    if (kept.isUnfinished) keepOrphan(facts, files.path(id), 'move', files.beginning(id));
    else await files.remove(id);
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

/** Reads every entry, and keeps every body that has none. */
async function recoverEach(facts: RecoveryFacts): Promise<void> {
  const { store, files, setAside } = facts;
  for (const id of inPages(store.entries)) {
    const entry = store.entries.read(id, (record) => decodeEntry(id, record));
    if (!entry) continue;
    if ('fault' in entry) await setAside(id, entry.fault);
    else if (!store.bodies.has(id) && !store.files.has(id)) await setAside(id, 'the body is gone');
  }
  for (const id of inPages(store.bodies)) {
    const body = store.entries.has(id) || store.damaged.has(id) ? undefined : store.bodies.get(id);
    if (!body) continue;
    keepOrphan(facts, files.path(id), body, body.subarray(0, HEADER_BYTES));
    await store.commit(() => store.bodies.remove(id));
  }
  for (const id of inPages(store.files))
    if (!store.entries.has(id)) await store.commit(() => store.files.remove(id));
}

function keepOrphan(
  { kept, onDamage }: RecoveryFacts,
  path: string,
  keep: Buffer | 'move',
  beginning: Buffer,
): void {
  const damage = kept.keep({
    ...{ path, keep, readable: readableIn(beginning) },
    fault: 'the body of a message without its entry, which was in a damaged part of the spool',
    fix: 'the message was perhaps not delivered: send it to those named in its header, then delete it and its report',
    isDoubtful: true,
  });
  onDamage?.(damage);
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

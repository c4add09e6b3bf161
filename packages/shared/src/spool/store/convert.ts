/**
 * Brings a spool of version 0.1.0 into the form of today: its records named no lane, and its index knew only times. In steps
 * that each leave the spool whole, so that an end in the middle costs nothing: what has been converted is out of the old
 * index. Later starts look at an empty table.
 */
import { sizeValue } from './lane-sums.ts';
import { laneOf } from './lane.ts';
import type { Store } from './lmdb-store.ts';
import { decodeEntry, decodeHead, encodeRecord, headOf, indexKey } from './record.ts';
import { commitInPages } from './recovery.ts';

const dueDigits = 16;

/** What cannot be read is left to recovery, which finds that it is not in the index. */
export async function convert(store: Store, admit: (lane: string) => string): Promise<void> {
  await commitInPages(store, store.due, (key) => {
    store.due.remove(key);
    const id = key.slice(dueDigits);
    const record = store.entries.get(id);
    const old = record && decodeHead(record);
    const entry = record && decodeEntry(id, record);
    if (!old || old.lane !== undefined || !entry || 'fault' in entry) return;
    const head = headOf(entry, old.place, old.hops, () => admit(laneOf(entry)));
    store.entries.put(id, encodeRecord(head, entry));
    store.lanes.put(indexKey(head, id), sizeValue(entry.body.sizeBytes));
  });
}

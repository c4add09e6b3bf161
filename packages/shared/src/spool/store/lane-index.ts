/** Reading the index of what is due when, lane by lane (record.ts has its keys). */
import type { Entry } from '../../platform/values/entry.ts';
import { neverLane } from './lane.ts';
import type { Table } from './lmdb-table.ts';
import { dueOfKey, dueTime, idOfKey, laneEnd, laneOfKey, laneStart } from './record.ts';
import type { Due, DueOptions, LaneStart } from './spool.ts';

/** One look at the index for each lane, however much is in it. */
export function* laneStarts(index: Table): Iterable<LaneStart> {
  for (let from = ' '; ;) {
    const [key] = index.keys({ from, limit: 1 });
    const lane = key === undefined ? neverLane : laneOfKey(key);
    if (key === undefined || lane === neverLane) return;
    yield { lane, dueAt: dueTime(dueOfKey(key)) };
    from = laneEnd(lane);
  }
}

export function isEmpty(index: Table, lane: string): boolean {
  const [key] = index.keys({ from: laneStart(lane), until: laneEnd(lane), limit: 1 });
  return key === undefined;
}

/** `Spool.due`. What `get` does not give is passed over. */
export function readDue(
  index: Table,
  lane: string,
  now: number,
  limit: number,
  { after, skip }: DueOptions,
  get: (id: string) => Entry | undefined,
): Due {
  const entries: Entry[] = [];
  let last = after;
  const range = { from: after ?? laneStart(lane), afterFrom: true, until: laneEnd(lane) };
  for (const key of index.keys(range)) {
    const dueAt = dueTime(dueOfKey(key));
    if (dueAt > now || entries.length >= limit)
      return { entries, nextDueAt: dueAt, ...(last !== undefined && { last }) };
    const id = idOfKey(key);
    const entry = skip?.(id) ? undefined : get(id);
    if (entry) entries.push(entry);
    last = key;
  }
  return { entries, nextDueAt: Infinity, ...(last !== undefined && { last }) };
}

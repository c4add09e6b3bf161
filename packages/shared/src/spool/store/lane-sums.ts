/**
 * What the queue adds up to, from the index alone, which is a twentieth of the queue: the value of a key is the size of the
 * body, in digits. An entry is read only where its lane does not tell where it goes to, or where the value is empty, as it was
 * left until sizes were kept.
 */
import type { Entry } from '../../platform/values/entry.ts';
import { neverLane, parseLane } from './lane.ts';
import type { Item, Table } from './lmdb-table.ts';
import { dueOfKey, dueTime, idOfKey, laneOfKey, laneStart } from './record.ts';
import type { QueuePart } from './spool.ts';

const ITEMS_PER_PAGE = 1_000;
const zero = 48;

export const sizeValue = (sizeBytes: number): Buffer => Buffer.from(`${sizeBytes}`, 'latin1');

function sizeIn(value: Uint8Array): number {
  let size = 0;
  for (const digit of value) size = size * 10 + digit - zero;
  return size;
}

/** `get` gives an entry, or undefined when there is none to be shown. */
export function* sumUp(index: Table, get: (id: string) => Entry | undefined): Iterable<QueuePart> {
  for (const page of pagesOf(index))
    for (let start = 0; start < page.length;) {
      const lane = laneOfKey(page[start]!.key);
      const domain = lane === neverLane ? undefined : parseLane(lane).domain;
      const end = endOfPart(page, start, laneStart(lane), domain !== undefined);
      const part = page.slice(start, end);
      const sum = domain === undefined || part[0]!.value.length === 0 ? undefined : sumOf(domain, part, get);
      if (sum) yield sum;
      else yield* entriesOf(part, get);
      start = end;
    }
}

/** Behind what lies in the same lane; where sizes are wanted, what has none is a part of its own. */
function endOfPart(page: readonly Item[], start: number, prefix: string, withSizes: boolean): number {
  const hasSize = page[start]!.value.length > 0;
  let end = start + 1;
  while (end < page.length) {
    const { key, value } = page[end]!;
    if (!key.startsWith(prefix) || (withSizes && value.length > 0 !== hasSize)) break;
    end += 1;
  }
  return end;
}

function sumOf(
  domain: string,
  part: readonly Item[],
  get: (id: string) => Entry | undefined,
): QueuePart | undefined {
  let oldestId = '~';
  let sizeBytes = 0;
  for (const { key, value } of part) {
    const id = idOfKey(key);
    if (id < oldestId) oldestId = id;
    sizeBytes += sizeIn(value);
  }
  const oldest = get(oldestId);
  const dueAt = dueTime(dueOfKey(part[0]!.key));
  return oldest && { domain, entries: part.length, sizeBytes, oldest, dueAt };
}

function* entriesOf(part: readonly Item[], get: (id: string) => Entry | undefined): Iterable<QueuePart> {
  for (const { key } of part) {
    const entry = get(idOfKey(key));
    if (entry) yield { entry };
  }
}

/** Read in pages, so that the index may change meanwhile and nothing is held open. */
function* pagesOf(index: Table): Iterable<readonly Item[]> {
  for (let from = ' '; ;) {
    const page = Array.from(index.items({ from, afterFrom: true, limit: ITEMS_PER_PAGE }));
    yield page;
    const last = page.at(-1);
    if (!last || page.length < ITEMS_PER_PAGE) return;
    from = last.key;
  }
}

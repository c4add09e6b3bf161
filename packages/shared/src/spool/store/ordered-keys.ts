/** Keys in order. */
import type { KeyRange } from './lmdb-table.ts';

/** Where a key stands, or would stand. */
export function placeOf(key: string, keys: readonly string[]): number {
  let [first, end] = [0, keys.length];
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (keys[middle]! < key) first = middle + 1;
    else end = middle;
  }
  return first;
}

/** Those in a range, whose limit is not looked at. */
export function* keysIn(
  { from = ' ', afterFrom = false, until }: KeyRange,
  keys: readonly string[],
): Generator<string> {
  let place = placeOf(from, keys);
  if (afterFrom && keys[place] === from) place += 1;
  for (; place < keys.length; place += 1) {
    const key = keys[place]!;
    if (until !== undefined && key >= until) return;
    yield key;
  }
}

/** Several rows as one, each key once. */
export function* mergeKeys(rows: readonly Iterator<string>[]): Generator<string> {
  const heads = rows.map((row) => row.next());
  for (;;) {
    let least: string | undefined;
    for (const { done, value } of heads) if (!done && (least === undefined || value < least)) least = value;
    if (least === undefined) return;
    yield least;
    heads.forEach(({ done, value }, row) => {
      if (!done && value === least) heads[row] = rows[row]!.next();
    });
  }
}

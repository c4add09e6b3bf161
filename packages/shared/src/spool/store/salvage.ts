/**
 * What is taken over from a commit of which parts are damaged. Pure.
 *
 * A message is taken when its entry and its body are there, a removal when entry and body were to go: half of it would make
 * an entry without a body, or lose the body of an entry that is still there. The index is not taken, it is made anew.
 */
import type { Journaled } from './journal-record.ts';

export interface TableNumbers {
  readonly entries: number;
  readonly bodies: number;
  readonly files: number;
  readonly damaged: number;
}

/** @param hasBody of an entry that was there before */
export function takeIntact(
  changes: readonly Journaled[],
  { entries, bodies, files, damaged }: TableNumbers,
  hasBody: (id: string) => boolean,
): Journaled[] {
  const idsOf = (isPut: boolean, ...tables: number[]): Set<string> =>
    new Set(
      changes
        .filter(({ table, value }) => tables.includes(table) && (value !== null) === isPut)
        .map(({ key }) => key),
    );
  const added = idsOf(true, entries);
  const withBody = idsOf(true, bodies, files);
  const removed = idsOf(false, entries);
  const withoutBody = idsOf(false, bodies, files);
  return changes.filter(({ table, key, value }) => {
    if (table === damaged) return true;
    if (table === entries) return value ? withBody.has(key) || hasBody(key) : withoutBody.has(key);
    if (table === bodies || table === files) return value ? added.has(key) : removed.has(key);
    return false;
  });
}

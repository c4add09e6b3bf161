/** All rows, in the order of the table. */
import { clockRows } from './clock-rows.ts';
import { damageRows } from './damage-rows.ts';
import { diskRows } from './disk-rows.ts';
import { killRows } from './kill-rows.ts';
import { nextHopRows } from './next-hop-rows.ts';
import { powerCutRows } from './power-cut-rows.ts';
import { quarantineRows } from './quarantine-rows.ts';
import type { Row } from './row.ts';
import { workerRows } from './worker-rows.ts';

export const rows: readonly Row[] = [
  ...killRows,
  ...quarantineRows,
  ...workerRows,
  ...powerCutRows,
  ...diskRows,
  ...damageRows,
  ...nextHopRows,
  ...clockRows,
];

/** The rows whose name contains one of the words; all rows if there are no words. */
export const rowsNamed = (words: readonly string[]): readonly Row[] =>
  rows.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));

/** The rows of the table, in its order. */
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

/** Those whose name has one of the words in it; all without a word. */
export const rowsNamed = (words: readonly string[]): readonly Row[] =>
  rows.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));

/** Keeps a result: results/latest.json, and what follows from it, which tools/generate-docs.ts writes. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Result } from './result.ts';

const latest = join(import.meta.dirname, 'results/latest.json');
const tableMarks = ['<!-- table -->', '<!-- end of table -->'] as const;

export async function keepResult(result: Result): Promise<void> {
  const options = { ...(await resolveConfig(latest)), filepath: latest };
  writeFileSync(latest, await format(JSON.stringify(result, rounded), options));
  execFileSync(process.execPath, [join(import.meta.dirname, '../tools/generate-docs.ts')]);
}

/** Six significant digits: more than any table shows. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;

export const readResult = (): Result => JSON.parse(readFileSync(latest, 'utf8')) as Result;

/** @throws when the marks are not there */
export function insertTable(
  readme: string,
  table: string,
  marks: readonly [string, string] = tableMarks,
): string {
  const [start, end] = marks.map((mark) => readme.indexOf(mark)) as [number, number];
  if (start < 0 || end < start) throw new Error(`bench/README.md has no ${marks.join(' … ')} for the table`);
  return `${readme.slice(0, start + marks[0].length)}\n\n${table}\n${readme.slice(end)}`;
}

/** Keeps a result: results/latest.json, and the table between two marks of README.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Result } from './result.ts';
import { composeTables } from './table.ts';

const marks = ['<!-- table -->', '<!-- end of table -->'] as const;

export async function keepResult(result: Result): Promise<void> {
  const at = (path: string): string => join(import.meta.dirname, path);
  await writeFile(
    at('results/latest.json'),
    await inHouseStyle(JSON.stringify(result), at('results/latest.json')),
  );
  const readme = insertTable(await readFile(at('README.md'), 'utf8'), composeTables(result));
  await writeFile(at('README.md'), await inHouseStyle(readme, at('README.md')));
}

/** @throws when the marks are not there */
export function insertTable(readme: string, table: string): string {
  const [start, end] = marks.map((mark) => readme.indexOf(mark)) as [number, number];
  if (start < 0 || end < start) throw new Error(`bench/README.md has no ${marks.join(' … ')} for the table`);
  return `${readme.slice(0, start + marks[0].length)}\n\n${table}\n${readme.slice(end)}`;
}

const inHouseStyle = async (text: string, filepath: string): Promise<string> =>
  format(text, { ...(await resolveConfig(filepath)), filepath });

/**
 * Counts phrases that mark prose as translated or as a riddle, in the comments of every .ts file and in every .md file.
 * prose-limits.json lists the phrases, each with its count of today. A test fails if a count rises, or falls below its limit.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The prose of a file on one line: a document as it is, of a source file its comments. */
export function proseOf(path: string, text: string): string {
  const lines = text.split('\n');
  const prose = path.endsWith('.md') ? lines : lines.flatMap((line) => commentOf(line) ?? []);
  return prose.map((line) => line.trim()).join(' ');
}

/** The text of a comment that a line begins with, goes on with, or ends in. */
const commentOf = (line: string): string | undefined =>
  /^\s*(?:\/\*\*?|\*|\/\/)(.*)$/.exec(line)?.[1] ?? /\s\/\/ (.*)$/.exec(line)?.[1];

export function phraseCounts(phrases: readonly string[], prose: readonly string[]): Record<string, number> {
  const text = prose.join('\n').toLowerCase();
  return Object.fromEntries(
    phrases.map((phrase) => [phrase, [...text.matchAll(new RegExp(`\\b${phrase}\\b`, 'g'))].length]),
  );
}

const places = ['{packages,tools,test,bench,demo}/**/*.ts', '**/*.md', '.github/**/*.md'];

export function proseOfCheckout(root: string): string[] {
  const exclude = ['**/node_modules/**', '**/dist/**', '**/fixtures/**'];
  return [...new Set(places.flatMap((pattern) => globSync(pattern, { cwd: root, exclude })))]
    .sort()
    .map((path) => proseOf(path, readFileSync(join(root, path), 'utf8')));
}

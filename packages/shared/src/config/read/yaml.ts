/**
 * The configuration file as a tree, the home of the yaml library. Mappings become Maps. A syntax error is a fault
 * with line, column, the line itself and a hint; the tree then has what the library could read in spite of it.
 */
import { isCollection, isMap, isPair, isScalar, LineCounter, parse, parseDocument, stringify } from 'yaml';
import type { Document } from 'yaml';
import { basename } from 'node:path';
import type { Findings } from '../schema/findings.ts';

export interface Tree {
  readonly root: ReadonlyMap<unknown, unknown>;
  /** The line that a key stands in, from 1. */
  lineOf(path: readonly string[]): number | undefined;
}

/** The file's tree, with a fault for each syntax error; undefined, with a fault, when it is no mapping of keys. */
export function parseYaml(source: string, file: string, findings: Findings): Tree | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const lines = source.split('\n');
  const refuse = (offset: number, message: string) => {
    const { line, col } = lineCounter.linePos(offset);
    const text = (lines[line - 1] ?? '').trimEnd();
    findings.fault(`${basename(file)}:${line}:${col}`, text, message, hintFor(text, message));
  };
  // One slip can make several errors in one line: the first says most.
  const told = new Set<number>();
  for (const { pos, message } of document.errors) {
    const { line } = lineCounter.linePos(pos[0]);
    if (!told.has(line)) refuse(pos[0], `is not YAML: ${plainWords(message)}`);
    told.add(line);
  }
  for (const key of keysIn(document.contents))
    if (isCollection(key)) refuse(key.range?.[0] ?? 0, 'has a list or a mapping as the name of a key');
  const isWhole = findings.faults.length === 0;
  const root = toTree(document, (message) => {
    const name = /: (\S+)$/.exec(message)?.[1] ?? '';
    refuse(Math.max(0, source.indexOf(`*${name}`)), `is not YAML: ${plainWords(message)}`);
  });
  if (root === undefined) return undefined;
  if (root !== null && !(root instanceof Map)) {
    if (!isWhole) return undefined;
    return findings.fault(
      basename(file),
      root,
      'is not a mapping of keys',
      'start with "domains: [example.com]"',
    );
  }
  return { root: root ?? new Map(), lineOf: (path) => lineOf(document, lineCounter, path) };
}

/** One value as `--set` gives it: YAML where it is YAML, else the text as it stands (`[::]:25`, `*`). */
export function parseYamlValue(text: string): unknown {
  try {
    return parse(text, { mapAsMap: true, logLevel: 'error' });
  } catch {
    return text;
  }
}

/** Of all mappings. The library's `visit` takes time by the square of the depth. */
function* keysIn(root: unknown): Iterable<unknown> {
  const nodes = [root];
  for (const node of nodes)
    for (const item of isCollection(node) ? node.items : []) {
      if (!isPair(item)) nodes.push(item);
      else {
        yield item.key;
        nodes.push(item.key, item.value);
      }
    }
}

function toTree(document: Document, refuse: (message: string) => void): unknown {
  try {
    return document.toJS({ mapAsMap: true });
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function lineOf(document: Document, lineCounter: LineCounter, path: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let line: number | undefined;
  for (const name of path) {
    if (!isMap(node)) return line;
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (!pair || !isScalar(pair.key) || !pair.key.range) return line;
    line = lineCounter.linePos(pair.key.range[0]).line;
    node = pair.value;
  }
  return line;
}

const plainWords = (message: string): string =>
  message
    .split('\n')[0]!
    .replace(/;? ?please use.*$/i, '')
    .replace(/:$/, '');

function hintFor(text: string, message: string): string {
  if (/^\s*\t/.test(text)) return 'indent with spaces, YAML takes no tabs';
  if (/[*]/.test(text) && !/"[*]"|'[*]'/.test(text)) return 'write "*" in quotes';
  if (/\[[0-9a-f]*:[0-9a-f:.]*\]/i.test(text.replace(/"[^"]*"|'[^']*'/g, ''))) {
    return 'write IPv6 addresses in quotes: "[::]:25"';
  }
  if (/[:,[{]\s*[@%`]/.test(text)) return 'write values that start with @, % or ` in quotes';
  if (/must be unique/.test(message)) return 'remove one of the two, or put their values together';
  if (/multiple documents/.test(message)) return 'remove the line ---';
  if (/column|indent/i.test(message)) return 'indent the keys of one group by the same number of spaces';
  return 'check brackets, quotes and indentation here and in the line before; after a colon comes a space';
}

/** A value as a document of its own. Text is not folded, and what occurs twice is written twice. */
export const formatYaml = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

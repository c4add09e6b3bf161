/**
 * What no off-the-shelf tool looks for, over every file of the checkout that is text:
 * overlong lines, tabs and CR line ends, marks of work left undone, traces of one machine (the path of the checkout, the
 * host of a package registry), and documents that name a source file which is no longer there.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ignored = ['**/node_modules/**', '**/dist/**', '.git/**', '**/*.tgz', '**/fixtures/**'];
const maxLineLength = 140;
const maxFileBytes = 1024 * 1024;

interface Rule {
  readonly fault: string;
  /** Files it applies to. */
  readonly files: RegExp;
  readonly breaks: (line: string, tree: Tree) => boolean;
}

interface Tree {
  readonly root: string;
  /** All that is looked at, as paths from the root. */
  readonly paths: readonly string[];
}

const source = /\.(ts|js|cjs|mjs)$/;
const prose = /\.(md|json|ya?ml|service|conf)$|(^|\/)\.ci\/run$/;
const undone = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].map((mark) => `\\b${mark}\\b`).join('|'));
const registry = /https?:\/\/[^\s/]*(registry|npmjs|artifact|nexus|verdaccio)[^\s/]*/i;

const rules: readonly Rule[] = [
  {
    fault: `line longer than ${maxLineLength} columns`,
    files: source,
    breaks: (line) => line.length > maxLineLength,
  },
  { fault: 'tab', files: source, breaks: (line) => line.includes('\t') },
  { fault: 'line ends in CR', files: /./, breaks: (line) => line.endsWith('\r') },
  { fault: 'work left undone: do it or file an issue', files: source, breaks: (line) => undone.test(line) },
  {
    fault: 'path of this machine',
    files: /./,
    breaks: (line, { root }) => root !== '/' && line.includes(`${root}/`),
  },
  {
    fault: 'host of a package registry',
    files: /(^|\/)(pnpm-lock\.yaml|\.npmrc|package\.json)$/,
    breaks: (line) => registry.test(line) || /\btarball:/.test(line),
  },
  {
    fault: 'names a source file that is not there',
    files: /\.md$/,
    breaks: (line, { paths }) => namedSources(line).some((name) => !isAmong(paths, name)),
  },
];

export function houseFaults(root: string): { readonly files: number; readonly faults: readonly string[] } {
  const files = globSync('**/*', { cwd: root, exclude: ignored })
    .concat(globSync('{.*,.ci/*,.github/**/*}', { cwd: root, exclude: ignored }))
    .filter((path) => source.test(path) || prose.test(path) || path === '.npmrc')
    .filter((path) => statSync(join(root, path)).size <= maxFileBytes)
    .sort();
  const tree = { root, paths: files };
  const faults = files.flatMap((path) => faultsOf(path, readFileSync(join(root, path), 'utf8'), tree));
  return { files: files.length, faults };
}

function faultsOf(path: string, text: string, tree: Tree): string[] {
  const applying = rules.filter(({ files }) => files.test(path));
  return text
    .split('\n')
    .flatMap((line, index) =>
      applying
        .filter(({ breaks }) => breaks(line, tree))
        .map(({ fault }) => `${path}:${index + 1}: ${fault}`),
    );
}

/** As in `spool/store/spool.ts`: the name, with as much of its path as a reader needs. */
const namedSources = (line: string): string[] =>
  [...line.matchAll(/`((?:[\w-]+\/)*[\w.-]+\.ts)`/g)].map(([, name]) => name!);

const isAmong = (paths: readonly string[], name: string): boolean =>
  paths.some((path) => `/${path}`.endsWith(`/${name}`));

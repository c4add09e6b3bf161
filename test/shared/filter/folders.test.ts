import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const root = fileURLToPath(new URL('../../../packages/shared/src/filter', import.meta.url));
const files = globSync('**/*.ts', { cwd: root }).sort();

/** What a file of the filter imports, by paths below `filter/`, `../` for other layers. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, path]) =>
    join(dirname(file), path!),
  );

const folderOf = (path: string): string => path.split('/')[0]!;

/** The folders below that import each other, each with those that it needs. */
function folders(
  of: readonly string[],
  imports: (file: string) => readonly string[],
): Map<string, Set<string>> {
  const needs = new Map<string, Set<string>>();
  for (const file of of) {
    const known = needs.get(folderOf(file)) ?? new Set();
    needs.set(folderOf(file), known);
    for (const to of imports(file).map(folderOf)) if (to !== folderOf(file) && to !== '..') known.add(to);
  }
  return needs;
}

/** Those that remain when every folder that needs no other is taken away, and so on. */
function cyclic(needs: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const left = new Map([...needs].map(([folder, of]) => [folder, new Set(of)]));
  for (let free = [...left.keys()]; free.length > 0;) {
    free = [...left].filter(([, of]) => of.size === 0).map(([folder]) => folder);
    for (const folder of free) left.delete(folder);
    for (const of of left.values()) for (const folder of free) of.delete(folder);
  }
  return [...left.keys()];
}

describe('the folders of the filter', () => {
  it('have no cycles', () => {
    expect(cyclic(folders(files, importsOf))).to.deep.equal([]);
  });

  it('would be named if they had one', () => {
    const imports = {
      'a/x.ts': ['b/y.ts', '../platform/z.ts'],
      'b/y.ts': ['c/z.ts'],
      'b/w.ts': ['a/x.ts'],
      'c/z.ts': [],
    };
    const needs = folders(Object.keys(imports), (file) => imports[file as keyof typeof imports]);
    expect(cyclic(needs)).to.deep.equal(['a', 'b']);
  });

  it('stand on the contract, which knows no subject, and under the pipeline, which no subject knows', () => {
    const needs = folders(files, importsOf);
    expect([...needs.get('contract')!]).to.deep.equal([]);
    const above = [...needs].filter(([, of]) => of.has('pipeline'));
    expect(above.map(([folder]) => folder)).to.deep.equal([]);
  });

  it('have checks that import values and the filter only, and of the filter nothing that learns or keeps', () => {
    const impure = /^\.\.\/(?!platform\/values\/)|(^|\/)(learn|open|state|subject)[^/]*$/;
    const wrong = files
      .filter((file) => /(^|[/-])check\.ts$/.test(file) && folderOf(file) !== 'contract')
      .flatMap((file) =>
        importsOf(file)
          .filter((to) => impure.test(to))
          .map((to) => `${file} → ${to}`),
      );
    expect(wrong).to.deep.equal([]);
  });
});

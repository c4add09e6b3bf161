import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { allMetrics } from '../support/all-metrics.ts';
import { anchorsIn, linksIn, type MarkdownLink } from '../support/markdown.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');

const operationsPages = readdirSync(join(root, 'docs/operations'));

const namesOfMetrics = async (): Promise<string[]> =>
  [...(await allMetrics().render()).matchAll(/^# HELP (mailpair_\S+)/gm)].map(([, name]) => name!);

/** Why a link of a document leads nowhere. */
function faultOf(document: string, { path, fragment }: MarkdownLink): string | undefined {
  const target = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(root, target))) return `${document}: ${path} does not exist`;
  if (fragment === undefined) return undefined;
  const anchors = anchorsIn(readFileSync(join(root, target), 'utf8'));
  return anchors.includes(fragment) ? undefined : `${document}: ${target} has no heading #${fragment}`;
}

describe('The documents', () => {
  it('have links that lead to files and headings that exist', () => {
    const documents = globSync('{*.md,{bench,docs,examples,packages}/**/*.md}', {
      cwd: root,
      exclude: ['**/node_modules/**'],
    });
    const faults = documents.flatMap((document) =>
      linksIn(readFileSync(join(root, document), 'utf8')).map((link) => faultOf(document, link)),
    );
    expect(faults.length).to.be.above(100);
    expect(faults.filter((fault) => fault !== undefined)).to.deep.equal([]);
  });

  it('answer at least twenty questions of a newcomer with a source file each', () => {
    const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    const table = text.slice(text.indexOf('### Where is'), text.indexOf('## Rules'));
    const answers = [...table.matchAll(/^\| [^|]+\?.*\| \[`([^`]+)`\]\(([^)]+)\)/gm)];
    expect(answers).to.have.length.of.at.least(20);
    const wrong = answers.filter(
      ([, name = '', path = '']) => !path.endsWith(`/${name}`) || !existsSync(join(root, path)),
    );
    expect(wrong.map(([row]) => row)).to.deep.equal([]);
  });

  it('name each package, each layer and each folder in a layer', () => {
    const text = read('architecture.md');
    const foldersIn = (path: string): string[] =>
      readdirSync(join(root, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    const layers = foldersIn('packages/shared/src');
    const inner = layers.flatMap((layer) => foldersIn(`packages/shared/src/${layer}`));
    expect(layers).to.have.length.above(8);
    const missing = [...foldersIn('packages'), ...layers, ...inner].filter(
      (name) => !text.includes(`${name}/`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('list in the contents of each page of operations all its sections', () => {
    const faults = operationsPages.flatMap((page) => {
      const text = read(`operations/${page}`);
      const [contents = ''] = text.split(/^## /m);
      const listed = linksIn(contents).map(({ fragment }) => fragment);
      return [...text.matchAll(/^## .*$/gm)]
        .flatMap(([heading]) => anchorsIn(heading))
        .filter((anchor) => !listed.includes(anchor))
        .map((anchor) => `${page}: #${anchor}`);
    });
    expect(operationsPages).to.have.length.above(4);
    expect(faults).to.deep.equal([]);
  });

  it('list every decision in the index, and give each a status, context, decision and consequences', () => {
    const index = read('decisions/README.md');
    const records = readdirSync(join(root, 'docs/decisions')).filter((name) => name !== 'README.md');
    const headings = ['## Context', '## Decision', '## Consequences'];
    const faults = records.filter((name) => {
      const text = read(`decisions/${name}`);
      const hasAll =
        /^Status: \S/m.test(text) && headings.every((heading) => text.includes(`\n${heading}\n`));
      return !hasAll || !index.includes(`](${name})`);
    });
    expect(records).to.have.length.above(40);
    expect(faults).to.deep.equal([]);
  });

  it('say what every metric means', async () => {
    const text = operationsPages.map((page) => read(`operations/${page}`)).join('\n');
    expect((await namesOfMetrics()).filter((name) => !text.includes(name))).to.deep.equal([]);
  });

  it('name in the threat model files and folders, and tests, that are there', () => {
    const places = ['packages/shared/src', 'packages', 'test', '.'].map((place) => join(root, place));
    // `dist/…` is made when a package is packed.
    const named = [...read('threat-model.md').matchAll(/`([a-z][\w.-]*\/[\w./-]*)`/g)].map(
      ([, name]) => name!,
    );
    const missing = named
      .filter((name) => !name.startsWith('dist/'))
      .filter((name) => !places.some((place) => existsSync(join(place, name))));
    expect(named.length).to.be.above(50);
    expect(missing).to.deep.equal([]);
  });
});

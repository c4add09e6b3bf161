/** What each package publishes: few entries, each of them there and in use. `published-entries` enforces that no others are imported. */
import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { cruiseTree, type Import } from '../../tools/dependency-rules.ts';
import { checkout } from '../support/checkout.ts';

const MOST_OF_SHARED = 25;

const entriesOf = (name: string): Record<string, string> =>
  (
    JSON.parse(readFileSync(join(checkout, 'packages', name, 'package.json'), 'utf8')) as {
      readonly publishConfig: { readonly exports: Record<string, string> };
    }
  ).publishConfig.exports;

/** The source files of an entry as a glob: `./config/*` is the whole folder, as `*` is in `exports`. */
const sourcesOf = (name: string, entry: string): string =>
  `packages/${name}/src/${entry.slice(2).replace('*', '**/*')}.ts`;

describe('The published entries', () => {
  let imports: readonly Import[];

  before(async () => {
    imports = (await cruiseTree(checkout)).imports;
  });

  it(`of shared are at most ${MOST_OF_SHARED}`, () => {
    expect(Object.keys(entriesOf('shared'))).to.have.length.within(1, MOST_OF_SHARED);
  });

  for (const name of ['shared', 'planner', 'proving', 'mailpair', 'inbound-gateway', 'outbound-gateway'])
    it(`of ${name} lead to compiled files of sources that exist`, () => {
      for (const [entry, file] of Object.entries(entriesOf(name))) {
        expect(file).to.equal(`./dist/${entry.slice(2)}.js`);
        expect(globSync(sourcesOf(name, entry), { cwd: checkout }), entry).not.to.deep.equal([]);
      }
    });

  for (const name of ['shared', 'planner', 'proving', 'mailpair'])
    it(`of ${name} are each imported by another package`, () => {
      const used = imports
        .filter(({ from }) => from.startsWith('packages/') && !from.startsWith(`packages/${name}/`))
        .map(({ to }) => to);
      for (const entry of Object.keys(entriesOf(name)))
        expect(
          used.some((file) => matchesGlob(file, sourcesOf(name, entry))),
          entry,
        ).to.equal(true);
    });
});

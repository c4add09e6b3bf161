import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validation } from '@cyclonedx/cyclonedx-library';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { parse } from 'yaml';
import { combine, packages, sbomsOf, type Sbom } from '../../tools/sbom.ts';
import { checkout } from '../support/checkout.ts';
import { UNGUARDED } from '../support/guard/report.ts';

interface Lockfile {
  readonly importers: Readonly<Record<string, Needs<{ readonly version: string }>>>;
  readonly snapshots: Readonly<Record<string, Needs<string>>>;
}

interface Needs<T> {
  readonly dependencies?: Readonly<Record<string, T>>;
  readonly optionalDependencies?: Readonly<Record<string, T>>;
}

const lockfile = parse(readFileSync(join(checkout, 'pnpm-lock.yaml'), 'utf8')) as Lockfile;

/** `name@version` of all that the package needs in production, as the lockfile says, without what is of this workspace. */
function neededBy(name: string): Set<string> {
  const found = new Set<string>();
  const follow = (need: Needs<string>): void => {
    for (const [library, locked] of Object.entries({ ...need.dependencies, ...need.optionalDependencies })) {
      const version = locked.replace(/\(.*$/, '');
      if (version.startsWith('link:')) needs(version.replace(/^.*\//, ''));
      else if (!found.has(`${library}@${version}`)) {
        found.add(`${library}@${version}`);
        follow(lockfile.snapshots[`${library}@${locked}`]!);
      }
    }
  };
  const needs = (part: string): void => {
    const { dependencies = {} } = lockfile.importers[`packages/${part}`]!;
    const versions = Object.entries(dependencies).map(([library, { version }]) => [library, version]);
    follow({ dependencies: Object.fromEntries(versions) as Record<string, string> });
  };
  needs(name);
  return found;
}

const librariesIn = ({ components }: Sbom): string[] =>
  components.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', '')));

describe('the SBOMs', function () {
  this.timeout(120_000);
  let sboms: ReadonlyMap<string, Sbom>;

  // pnpm runs on a Node of its own, which may not read TypeScript, so the guard of the tests stays out of it.
  before(() => {
    process.env[UNGUARDED] = '1';
    sboms = sbomsOf(checkout, packages);
  });
  after(() => {
    delete process.env[UNGUARDED];
  });

  for (const name of packages)
    describe(`of @mailpair/${name}`, () => {
      it('is CycloneDX 1.6', async () => {
        const validator = new Validation.JsonStrictValidator('1.6' as never);
        expect(await validator.validate(JSON.stringify(sboms.get(name)))).to.equal(null);
      });

      it('names every library that the lockfile has for it, and no other', () => {
        const ours = librariesIn(sboms.get(name)!).filter((library) => !library.startsWith('@mailpair/'));
        expect(ours.sort()).to.deep.equal([...neededBy(name)].sort());
        expect(ours.length).to.be.above(50);
      });

      it('says of each library the hash of its tarball, and of each that is installed its licence', () => {
        for (const { purl, externalReferences = [], licenses } of sboms.get(name)!.components) {
          if (purl.includes('%40mailpair')) continue;
          const tarball = externalReferences.find(({ type }) => type === 'distribution');
          expect(tarball?.hashes, purl).not.to.be.oneOf([undefined, []]);
          const isForOtherPlatform = /(?:lmdb|msgpackr-extract)-(?:linux|darwin|win32)-/.test(purl);
          if (!isForOtherPlatform) expect(licenses, purl).not.to.be.oneOf([undefined, []]);
        }
      });
    });

  it('are the same when they are made again, in whatever order pnpm names the libraries', () => {
    const again = sbomsOf(checkout, packages);
    for (const [name, sbom] of sboms) {
      expect(JSON.stringify(again.get(name)), name).to.equal(JSON.stringify(sbom));
      const turned = {
        ...sbom,
        metadata: { ...sbom.metadata, timestamp: new Date().toISOString() },
        serialNumber: 'urn:uuid:0',
        components: sbom.components.toReversed(),
        dependencies: sbom.dependencies.toReversed(),
      };
      expect(combine(turned, turned)).to.deep.equal(combine(sbom, sbom));
    }
  });
});

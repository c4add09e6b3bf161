/**
 * `node tools/release-notes.ts TAG`: prints the section of CHANGELOG.md that describes the release, in Markdown. It fails if the tag is
 * not the version of every package, or if the section is missing or empty.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packages } from './sbom.ts';

/** @param versions by package. @throws with what has to change before the release */
export function releaseNotes(tag: string, versions: ReadonlyMap<string, string>, changelog: string): string {
  const version = tag.replace(/^v/, '');
  const other = [...versions].find(([, each]) => each !== version);
  if (other) throw new Error(`${other[0]} has version ${other[1]}, but the tag is ${tag}`);
  const section = changelog
    .split(/^## /m)
    .map((each) => each.split('\n'))
    .find(([heading = '']) => heading.split(' ')[0]!.replace(/[[\]]/g, '') === version)
    ?.slice(1)
    .join('\n')
    .trim();
  if (!section) throw new Error(`CHANGELOG.md has no section "## ${version}", or nothing in it`);
  return section;
}

function main(root: string): void {
  const [tag = ''] = process.argv.slice(2);
  const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
  const versions = new Map(
    ['.', ...packages.map((name) => `packages/${name}`)].map((directory) => {
      const { name, version } = JSON.parse(read(directory, 'package.json')) as Record<
        'name' | 'version',
        string
      >;
      return [name, version];
    }),
  );
  console.log(releaseNotes(tag, versions, read('CHANGELOG.md')));
}

if (import.meta.main) main(resolve(import.meta.dirname, '..'));

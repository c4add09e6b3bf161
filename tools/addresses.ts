/**
 * `node tools/addresses.ts URL`: writes `repository`, `homepage` and `bugs` into each package.json, all derived from the address of the
 * repository, such as https://host.example/owner/mailpair. The release workflow runs it before it packs, with the address of the
 * repository that it runs in, because npm refuses provenance for a package that names another one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packages } from './sbom.ts';

export type Manifest = Readonly<Record<string, unknown>>;

/** @param directory of the package in the repository; empty for its root. @throws if `url` is not an https address */
export function withAddresses(manifest: Manifest, url: string, directory: string): Manifest {
  const { protocol, search, hash, href } = new URL(url);
  if (protocol !== 'https:' || search !== '' || hash !== '')
    throw new Error(`${url} is not the address of a repository, such as https://host.example/owner/mailpair`);
  const page = href.replace(/\/$/, '').replace(/\.git$/, '');
  return {
    ...manifest,
    homepage: `${page}#readme`,
    bugs: `${page}/issues`,
    repository: { type: 'git', url: `git+${page}.git`, ...(directory === '' ? {} : { directory }) },
  };
}

function main(root: string): void {
  const [url = ''] = process.argv.slice(2);
  for (const directory of ['', ...packages.map((name) => `packages/${name}`)]) {
    const file = join(root, directory, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    writeFileSync(file, `${JSON.stringify(withAddresses(manifest, url, directory), null, 2)}\n`);
  }
}

if (import.meta.main) main(resolve(import.meta.dirname, '..'));

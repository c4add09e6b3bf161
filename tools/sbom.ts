/**
 * `npx pnpm@12 run sbom [PACKAGE]...`: what each published package depends on, as CycloneDX 1.6, in its `dist/sbom.cdx.json`.
 * Before it is packed each package gets its own.
 *
 * pnpm makes two: one of the lockfile has every library for every platform, with the hash of its tarball; one of what is installed
 * here adds licences and authors. The same lockfile and installation give the same octets.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pnpm } from './pnpm.ts';

export interface Component {
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly unknown[];
  readonly externalReferences?: readonly { readonly type: string; readonly hashes?: readonly unknown[] }[];
}

interface Dependencies {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

export interface Sbom {
  readonly serialNumber?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependencies[];
}

export const packages = [
  'shared',
  'planner',
  'proving',
  'mailpair',
  'inbound-gateway',
  'outbound-gateway',
] as const;

/**
 * The SBOM of each package that is named. pnpm is started twice, however many packages there are.
 * @throws with what pnpm said
 */
export function sbomsOf(root: string, names: readonly string[]): ReadonlyMap<string, Sbom> {
  const locked = ask(root, names, ['--lockfile-only']);
  const installed = ask(root, names, []);
  return new Map(names.map((name) => [name, combine(locked.get(name)!, installed.get(name)!)]));
}

/** All that the lockfile names, with what is known of it where it is installed. In one order, without time and chance. */
export function combine(locked: Sbom, installed: Sbom): Sbom {
  const known = new Map(installed.components.map((component) => [component.purl, component]));
  const { timestamp: _, ...metadata } = installed.metadata;
  const { serialNumber: __, ...rest } = locked;
  const sbom = {
    ...rest,
    metadata,
    components: locked.components
      .map((component) => ({ ...component, ...known.get(component.purl) }))
      .sort((a, b) => compare(a.purl, b.purl)),
    dependencies: locked.dependencies
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.toSorted(compare) }))
      .sort((a, b) => compare(a.ref, b.ref)),
  };
  return { ...sbom, serialNumber: serialOf(JSON.stringify(sbom)) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A UUID of version 8 (RFC 9562 §5.8) that follows from the content. */
function serialOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return `urn:uuid:${parts.join('-')}-${hex.slice(20, 32)}`;
}

function ask(root: string, names: readonly string[], how: readonly string[]): ReadonlyMap<string, Sbom> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-sbom-'));
  try {
    const words = [
      ...names.map((name) => `--filter=@mailpair/${name}`),
      'sbom',
      '--prod',
      '--split',
      ...how,
      '--sbom-format=cyclonedx',
      '--sbom-spec-version=1.6',
      `--out=${join(directory, '%s.json')}`,
    ];
    const { status, stdout, stderr } = pnpm(root, words);
    const fileOf = (name: string): string => join(directory, `mailpair-${name}.json`);
    const missing = names.filter((name) => !existsSync(fileOf(name)));
    if (status !== 0 || missing.length > 0)
      throw new Error(`pnpm made no SBOM of ${missing.join(', ')}: ${stderr.trim() || stdout.trim()}`);
    return new Map(names.map((name) => [name, JSON.parse(readFileSync(fileOf(name), 'utf8')) as Sbom]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function main(root: string): void {
  const here = basename(process.cwd());
  const named = process.argv.slice(2).filter((word) => word !== '--');
  // Before a package is packed its own directory is the current one.
  const usual = packages.some((name) => name === here) ? [here] : packages;
  for (const [name, sbom] of sbomsOf(root, named.length > 0 ? named : usual)) {
    const directory = join(root, 'packages', name, 'dist');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
    console.log(`packages/${name}/dist/sbom.cdx.json: ${sbom.components.length} libraries`);
  }
}

if (import.meta.main) main(resolve(import.meta.dirname, '..'));

/**
 * `npx pnpm@12 run libraries`: libraries that are behind, and those with known vulnerabilities; exit 1 when there is something to
 * do. A scheduled job of CI runs it. Where the package registry cannot be asked it says so; then nothing is known to be wrong.
 */
import { resolve } from 'node:path';
import { pnpm } from './pnpm.ts';

export interface Outdated {
  readonly current?: string;
  readonly latest: string;
  readonly isDeprecated?: boolean;
  readonly dependencyType: string;
}

export interface Advisory {
  readonly module_name: string;
  readonly severity: string;
  readonly title: string;
  readonly patched_versions?: string;
  readonly url?: string;
}

export interface Report {
  readonly lines: readonly string[];
  /** There is something to do now. Versions that bring something new can wait. */
  readonly isUrgent: boolean;
}

export function reportOf(
  outdated: Readonly<Record<string, Outdated>>,
  advisories: readonly Advisory[],
): Report {
  const behind = Object.entries(outdated).map(([name, of]) => ({ name, ...of, kind: kindOf(of) }));
  const urgent = behind.filter(({ kind }) => kind !== 'newer');
  const newer = behind.filter(({ kind }) => kind === 'newer');
  const lineOf = ({ name, current, latest, kind, dependencyType }: (typeof behind)[number]): string => {
    const what = kind === 'newer' ? '' : `, ${kind}`;
    const where = dependencyType === 'devDependencies' ? ' (development)' : '';
    return `  ${name} ${current ?? 'missing'} → ${latest}${what}${where}`;
  };
  return {
    lines: [
      ...titled('Known vulnerabilities', advisories.map(textOf)),
      ...titled('Update now: npx pnpm@12 update --recursive, and exact versions by hand', urgent.map(lineOf)),
      ...titled('Newer versions that bring something new', newer.map(lineOf)),
    ],
    isUrgent: advisories.length > 0 || urgent.length > 0,
  };
}

const textOf = ({ module_name: name, severity, title, patched_versions: patched, url }: Advisory): string =>
  `  ${name}: ${severity}: ${title}${patched === undefined ? '' : `, fixed in ${patched}`}${url === undefined ? '' : ` (${url})`}`;

const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines];

function kindOf({ current = '', latest, isDeprecated }: Outdated): 'deprecated' | 'a patch behind' | 'newer' {
  if (isDeprecated === true) return 'deprecated';
  const series = (version: string): string => version.split('.').slice(0, 2).join('.');
  return series(current) === series(latest) ? 'a patch behind' : 'newer';
}

/** Undefined where the registry gave no answer. */
function jsonOf<T>(stdout: string): T | undefined {
  try {
    const read = JSON.parse(stdout) as T & { readonly error?: unknown };
    return read.error === undefined ? read : undefined;
  } catch {
    return undefined;
  }
}

function main(root: string): number {
  const outdated = jsonOf<Record<string, Outdated>>(
    pnpm(root, ['outdated', '--recursive', '--format', 'json']).stdout,
  );
  const audit = jsonOf<{ advisories: Record<string, Advisory> }>(pnpm(root, ['audit', '--json']).stdout);
  if (!outdated) console.log('The package registry did not say which libraries are outdated.');
  if (!audit) console.log('The package registry did not say which libraries are vulnerable.');
  const { lines, isUrgent } = reportOf(outdated ?? {}, Object.values(audit?.advisories ?? {}));
  for (const line of lines) console.log(line);
  if (outdated && audit && lines.length === 0)
    console.log('All libraries are the latest, and none has a known vulnerability.');
  return isUrgent ? 1 : 0;
}

if (import.meta.main) process.exitCode = main(resolve(import.meta.dirname, '..'));

/**
 * Finds the programs of the gateways. A host has only the package of its own role installed, but a rehearsal
 * needs both. The search covers this package, the package of the running command (a package can resolve its
 * own name), and the current directory.
 */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export type Programs = Readonly<Record<RoleName, string>>;

/** The programs that were found. */
export function programsHere(
  command = process.argv[1],
  directory = process.cwd(),
  ownFile: string = import.meta.filename,
): Partial<Programs> {
  const from = [
    ownFile,
    ...(command === undefined ? [] : [realPath(command), command]),
    join(directory, 'package.json'),
  ];
  const [inbound, outbound] = [find('inbound', from), find('outbound', from)];
  return { ...(inbound !== undefined && { inbound }), ...(outbound !== undefined && { outbound }) };
}

/** @throws with the package to install */
export function findPrograms(...where: Parameters<typeof programsHere>): Programs {
  const { inbound, outbound } = programsHere(...where);
  const missing = [inbound ? [] : ['inbound'], outbound ? [] : ['outbound']].flat();
  if (inbound && outbound) return { inbound, outbound };
  const packages = missing.map((role) => `@mailpair/${role}-gateway`).join(' ');
  throw new Error(
    `a rehearsal runs both gateways, and this host has no ${missing.join(' and no ')} gateway: npm install ${packages} ` +
      `beside the other; nothing of it runs unless it is started`,
  );
}

function find(role: RoleName, from: readonly string[]): string | undefined {
  for (const place of from)
    try {
      return createRequire(place).resolve(`@mailpair/${role}-gateway/main`);
    } catch {
      // The package cannot be resolved from this place.
    }
  return undefined;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

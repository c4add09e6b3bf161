/**
 * Each gateway has a spool of its own: two in one directory, or one below the other, would take each other's mail for theirs.
 * Looks where links lead.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Settings } from '../settings.ts';
import type { Findings } from './findings.ts';

export function checkSpools({ inbound, outbound }: Settings, findings: Findings): void {
  const [first, second] = [inbound.spool, outbound.spool].map((path) => realPath(resolve(path)));
  if (!isAtOrIn(first!, second!) && !isAtOrIn(second!, first!)) return;
  const problem =
    first === second
      ? 'is the spool of inbound too (inbound.spool)'
      : `and the spool of inbound lie one in the other (inbound.spool: ${inbound.spool})`;
  findings.fault('outbound.spool', outbound.spool, problem, 'give each gateway a directory of its own');
}

const isAtOrIn = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** Of what does not exist yet, as it would be made. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

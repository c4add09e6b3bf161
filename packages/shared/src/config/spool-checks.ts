/**
 * Each gateway has a spool of its own: two in one directory, or one below the other, would take each other's mail for theirs.
 * Pure.
 */
import { resolve, sep } from 'node:path';
import type { Settings } from './settings.ts';
import { createFindings, type Fault } from './schema/findings.ts';

/** @param real where a path leads; as it is written unless it is given */
export function sharedSpools(
  { inbound, outbound }: Settings,
  real: (path: string) => string = (path) => path,
): readonly Fault[] {
  const [first, second] = [real(resolve(inbound.spool)), real(resolve(outbound.spool))];
  if (!isAtOrIn(first, second) && !isAtOrIn(second, first)) return [];
  const problem =
    first === second
      ? 'is the spool of inbound too (inbound.spool)'
      : `and the spool of inbound lie one in the other (inbound.spool: ${inbound.spool})`;
  const findings = createFindings();
  findings.fault('outbound.spool', outbound.spool, problem, 'give each gateway a directory of its own');
  return findings.faults;
}

const isAtOrIn = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

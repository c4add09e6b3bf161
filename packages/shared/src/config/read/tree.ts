/**
 * Takes a tree of groups apart into known keys with their raw values. Unknown names are faults with the nearest known one, and names
 * of removed keys are warnings.
 */
import type { Findings } from '../schema/findings.ts';
import { isKeyPath, keyPaths, removedKeys } from '../keys.ts';
import type { KeyPath } from '../keys.ts';
import { nearestName } from '../schema/nearest-name.ts';

export interface Given {
  readonly path: KeyPath;
  readonly raw: unknown;
}

/** The groups, each with the names in it: '' → domains, inbound …; 'outbound.listen' → submission, mx. */
const groups: ReadonlyMap<string, ReadonlySet<string>> = groupNames();

function groupNames(): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const path of keyPaths) {
    const parts = path.split('.');
    parts.forEach((part, index) => {
      const group = parts.slice(0, index).join('.');
      names.set(group, (names.get(group) ?? new Set()).add(part));
    });
  }
  return names;
}

/** All values under `path` ('' for the whole). A key without a value counts as not given. */
export function flatten(raw: unknown, path: string, findings: Findings): Given[] {
  if (isKeyPath(path)) return isGiven(raw) ? [{ path, raw }] : [];
  const names = groups.get(path);
  if (!names) return unknownKey(path, raw, findings);
  if (!isGiven(raw)) return [];
  if (!(raw instanceof Map)) {
    const fix = `write its keys below it, indented: ${[...names].join(', ')}`;
    findings.fault(path, raw, 'is a group of keys, not a value', fix);
    return [];
  }
  return [...(raw as Map<unknown, unknown>)].flatMap(([key, value]) => {
    const name = String(key);
    const member = path === '' ? name : `${path}.${name}`;
    return name.includes('.') ? dottedKey(member, value, findings) : flatten(value, member, findings);
  });
}

const isGiven = (raw: unknown): boolean => raw !== null && raw !== undefined;

function dottedKey(path: string, raw: unknown, findings: Findings): Given[] {
  const at = path.lastIndexOf('.');
  const fix = `write ${path.slice(at + 1)}: below ${path.slice(0, at)}:`;
  findings.fault(path, raw, 'is a path of keys, not a key', isKeyPath(path) ? fix : fixFor(path));
  return [];
}

function unknownKey(path: string, raw: unknown, findings: Findings): Given[] {
  const instead = removedKeys.get(path);
  if (instead === undefined) findings.fault(path, raw, 'is an unknown key', fixFor(path));
  else findings.warn(path, raw, 'is removed, and ignored', instead);
  return [];
}

/** What to write in place of an unknown key. */
function fixFor(path: string): string {
  const at = path.lastIndexOf('.');
  const [group, name] = [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
  const siblings = [...(groups.get(group) ?? [])];
  const sibling = nearestName(name, siblings);
  if (sibling !== undefined) return `write ${group === '' ? sibling : `${group}.${sibling}`}`;
  const elsewhere = keyPaths.find((known) => known.slice(known.lastIndexOf('.') + 1) === name);
  const meant = elsewhere ?? nearestName(path, keyPaths);
  if (meant !== undefined) return `write ${meant}`;
  return siblings.length > 0 ? `remove it; known here: ${siblings.join(', ')}` : 'remove it';
}

/**
 * Reads the configuration: defaults, under the file, under the environment, under `--set`. All faults are given at
 * once, each with its path, the value seen, the problem and the fix; with a fault there are no settings.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Settings } from '../settings.ts';
import { whyUnreadable } from '../../platform/files/unreadable.ts';
import { checks } from '../checks.ts';
import { composeSettings } from '../compose-settings.ts';
import { checkFiles } from './file-checks.ts';
import type { Role } from './file-checks.ts';
import { createFindings, describe, isAtOrBelow } from '../schema/findings.ts';
import type { Fault, Findings } from '../schema/findings.ts';
import { envNameOf, keyOf, keyPaths, removedKeys } from '../keys.ts';
import type { KeyPath, Values } from '../keys.ts';
import { mergeLayers } from './merge.ts';
import type { Layer, Merged } from './merge.ts';
import { nearestName } from '../schema/nearest-name.ts';
import { readOverrides } from './overrides.ts';
import { preventsReach } from './reach-keys.ts';
import { flatten } from './tree.ts';
import { parseYaml } from './yaml.ts';
import type { Tree } from './yaml.ts';

export interface ConfigSource {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The arguments of `--set`, `key.path=value`. */
  readonly sets: readonly string[];
  /** The gateway that reads it: files it opens must be there. Without one, missing files are warnings. */
  readonly role?: Role;
  /** For the dates of certificates. */
  readonly now?: number;
}

/** One key as it is in effect. */
export interface EffectiveKey {
  readonly path: KeyPath;
  /** As written; a Map for a mapping. */
  readonly raw: unknown;
  readonly layer: Layer;
  /** `mailpair.yaml:12`, the environment variable, `--set`, `default`. */
  readonly from: string;
}

export interface ConfigReading {
  readonly settings?: Settings;
  /**
   * Enough to reach the gateways of the pair: the keys of `reach-keys.ts` are sound. Every other key that has a fault, or that
   * stands behind a syntax error, has its default.
   */
  readonly reachable?: Settings;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly effective: readonly EffectiveKey[];
}

export function readConfig({ file, env, sets, role, now = Date.now() }: ConfigSource): ConfigReading {
  const findings = createFindings();
  const source = readSource(file, findings);
  const tree = source === undefined ? undefined : parseYaml(source, file, findings);
  if (!tree) return { faults: findings.faults, warnings: findings.warnings, effective: [] };
  if (findings.faults.length > 0) return behindSyntaxErrors(tree, { file, env, sets }, findings);

  warnOfUnknownVariables(env, findings);
  const merged = mergeTree(tree, { env, sets }, findings);
  const effective = keyPaths.map((path) => effectiveKey(path, merged.get(path)!, tree, file));
  const values = readValues(merged, findings);
  const written = Object.fromEntries(effective.map(({ path, raw }) => [path, describe(raw)]));
  const settings = composeSettings(file, values, written);

  for (const check of checks) check(settings, findings);
  checkFiles(settings, role, now, findings);

  const faults = findings.faults.map((fault) => withOrigin(fault, effective, tree, file));
  const warnings = findings.warnings.map((fault) => withOrigin(fault, effective, tree, file));
  return {
    faults,
    warnings,
    effective,
    ...(faults.length === 0 && { settings }),
    ...(!faults.some(preventsReach) && { reachable: settings }),
  };
}

/** Of a file with syntax errors nothing is checked, because an error hides what follows it. */
function behindSyntaxErrors(
  tree: Tree,
  source: Pick<ConfigSource, 'file' | 'env' | 'sets'>,
  { faults, warnings }: Findings,
): ConfigReading {
  const unseen = createFindings();
  const settings = composeSettings(source.file, readValues(mergeTree(tree, source, unseen), unseen));
  return {
    faults,
    warnings,
    effective: [],
    ...(!unseen.faults.some(preventsReach) && { reachable: settings }),
  };
}

function mergeTree(
  { root }: Tree,
  { env, sets }: Pick<ConfigSource, 'env' | 'sets'>,
  findings: Findings,
): ReadonlyMap<KeyPath, Merged> {
  const given = flatten(root, '', findings);
  return mergeLayers({ file: given, env, overrides: readOverrides(sets, findings) });
}

function readSource(file: string, findings: Findings): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      return findings.fault(file, file, 'there is no such file', 'name the configuration with --config FILE');
    }
    const { problem, fix } = (code === 'EACCES' ? whyUnreadable(file) : undefined) ?? {
      problem: `cannot be read (${code})`,
      fix: 'let this account read it',
    };
    return findings.fault(file, file, problem, fix);
  }
}

/** A variable that nearly has the name of a key was meant to set it. Others are none of our business. */
function warnOfUnknownVariables(env: ConfigSource['env'], findings: Findings): void {
  const names = keyPaths.map(envNameOf);
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('MAILPAIR_') || names.includes(name)) continue;
    const meant = nearestName(name, names);
    const instead = removedKeys.get(name.slice('MAILPAIR_'.length).toLowerCase());
    if (instead !== undefined) findings.warn(name, value, 'is removed, and ignored', instead);
    else if (meant) findings.warn(name, value, 'sets no key', `write ${meant}`);
  }
}

/** Reads every key. One that cannot be read has its default, so that the rest can be checked. */
function readValues(merged: ReadonlyMap<KeyPath, Merged>, findings: Findings): Values {
  const values: Partial<Record<KeyPath, unknown>> = {};
  for (const path of keyPaths) {
    const { format, absent, required, usual } = keyOf(path);
    const raw = merged.get(path)?.raw;
    const isMissing = raw === null || (required !== undefined && Array.isArray(raw) && raw.length === 0);
    if (isMissing) {
      if (required !== undefined) findings.fault(path, null, 'is missing', fixOfMissing(path, required));
      values[path] = absent;
    } else {
      const value = format.read(raw, path, findings);
      const fallback = () => (usual === null ? absent : format.read(usual, path, createFindings()));
      values[path] = value === undefined ? fallback() : value;
    }
  }
  return values as Values;
}

function fixOfMissing(path: KeyPath, example: string): string {
  const [name, group] = path.split('.').reverse();
  return `write ${name}: ${example}${group === undefined ? '' : ` below ${group}:`}`;
}

function effectiveKey(path: KeyPath, { raw, layer }: Merged, tree: Tree, file: string): EffectiveKey {
  const from = {
    default: 'default',
    file: `${basename(file)}:${tree.lineOf(path.split('.')) ?? '?'}`,
    env: envNameOf(path),
    set: '--set',
  }[layer];
  return { path, raw, layer, from };
}

function withOrigin(fault: Fault, effective: readonly EffectiveKey[], tree: Tree, file: string): Fault {
  const key = effective.find(({ path }) => isAtOrBelow(fault.path, path));
  if (key) return key.layer === 'default' ? fault : { ...fault, from: key.from };
  const line = tree.lineOf(fault.path.split('.'));
  return line === undefined ? fault : { ...fault, from: `${basename(file)}:${line}` };
}

/** The settings given on the command line: `--set key.path=value`, the value read as YAML. */
import { describe } from '../schema/findings.ts';
import type { Findings } from '../schema/findings.ts';
import { isKeyPath } from '../keys.ts';
import { flatten } from './tree.ts';
import type { Given } from './tree.ts';
import { parseYamlValue } from './yaml.ts';

export interface Override {
  /** `null` puts the default back. */
  readonly given: Given;
  /** One entry of a mapping only: `routes.example.net=…`. */
  readonly entry?: string;
}

export function readOverrides(sets: readonly string[], findings: Findings): Override[] {
  return sets.flatMap((set) => {
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(set) ?? [];
    if (path === undefined || value === undefined) {
      findings.fault('--set', describe(set), 'has no value', 'write --set key.path=value');
      return [];
    }
    return readOverride(path.trim(), parseYamlValue(value), findings);
  });
}

function readOverride(path: string, raw: unknown, findings: Findings): Override[] {
  if (path.startsWith('routes.'))
    return [{ given: { path: 'routes', raw }, entry: path.slice('routes.'.length) }];
  if (raw === null && isKeyPath(path)) return [{ given: { path, raw } }];
  return flatten(raw ?? '', path, findings).map((given) => ({ given }));
}

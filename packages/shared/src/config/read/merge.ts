/**
 * Lays defaults, file, environment and `--set` over each other, the later winning, the home of convict.
 * convict gets the schema from the table of keys and takes environment texts apart; faults are collected by
 * the formats themselves, because convict would give one string for all.
 */
import convict from 'convict';
import { envNameOf, keyOf, keyPaths, keys } from '../keys.ts';
import type { KeyPath } from '../keys.ts';
import type { Override } from './overrides.ts';
import type { Given } from './tree.ts';

export interface Layers {
  readonly file: readonly Given[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly overrides: readonly Override[];
}

export type Layer = 'default' | 'file' | 'env' | 'set';

export interface Merged {
  readonly raw: unknown;
  readonly layer: Layer;
}

for (const { format } of Object.values(keys)) {
  convict.addFormat({
    name: format.name,
    validate: (raw: unknown, { take }) => (take as (raw: unknown) => void)(raw),
    ...(format.fromText && { coerce: format.fromText }),
  });
}

/** The effective raw value of every key. */
export function mergeLayers({ file, env, overrides }: Layers): Map<KeyPath, Merged> {
  const raws = new Map<KeyPath, unknown>();
  const layers = new Map<KeyPath, Layer>();
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const config = convict<Record<string, unknown>>(
    schema((path, raw) => raws.set(path, raw)),
    { env: given, args: [] },
  );

  for (const { path, raw } of file) {
    config.set(path, raw);
    layers.set(path, 'file');
  }
  config.load({}); // convict lets the environment win over what was there before
  for (const path of keyPaths) if (given[envNameOf(path)] !== undefined) layers.set(path, 'env');
  for (const { given, entry } of overrides) {
    const { path, raw } = given;
    const current: unknown = config.get(path);
    const value = entry === undefined ? raw : new Map(current instanceof Map ? current : []).set(entry, raw);
    config.set(path, value ?? keyOf(path).usual);
    layers.set(path, 'set');
  }

  config.validate({ allowed: 'strict' });
  return new Map(
    keyPaths.map((path) => [path, { raw: raws.get(path), layer: layers.get(path) ?? 'default' }]),
  );
}

/** The table of keys as convict wants it: nested, each leaf with doc, format, default and env. */
function schema(take: (path: KeyPath, raw: unknown) => void): convict.Schema<Record<string, unknown>> {
  const root: Record<string, unknown> = {};
  for (const path of keyPaths) {
    const { doc, format, usual } = keyOf(path);
    const groups = path.split('.');
    const name = groups.pop()!;
    const group = groups.reduce((node, part) => (node[part] ??= {}) as Record<string, unknown>, root);
    group[name] = {
      doc,
      format: format.name,
      default: usual,
      env: envNameOf(path),
      take: (raw: unknown) => take(path, raw),
    };
  }
  return root as convict.Schema<Record<string, unknown>>;
}

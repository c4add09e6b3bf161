/**
 * The part of `Settings` that follows from some keys, as a type and as a value: each value stands in the group of its
 * key, under its name with the unit of its format, `send.idle` → `send.idleMs`, unless the key says where.
 */
import type { Suffix } from './format.ts';
import type { Key, Keys } from './key.ts';

/** What the keys are read to, by path. */
export type ValuesOf<K> = { readonly [P in keyof K]: K[P] extends Key<infer T> ? T : never };

type PlaceOf<P extends string, K> =
  K extends Key<unknown, infer S, infer At> ? ([At] extends [never] ? `${P}${S}` : At) : never;
type Placed<K> = {
  readonly [P in keyof K & string as PlaceOf<P, K[P]>]: K[P] extends Key<infer T> ? T : never;
};

type Head<Path> = Path extends `${infer Group}.${string}` ? Group : Path;
type Below<Placed, Group extends string> = {
  readonly [P in keyof Placed as P extends `${Group}.${infer Rest}` ? Rest : never]: Placed[P];
};
type Grouped<Placed> = {
  readonly [Name in Head<keyof Placed> & string]: Name extends keyof Placed
    ? Placed[Name]
    : Grouped<Below<Placed, Name>>;
};

export type SettingsOf<K> = Grouped<Placed<K>>;

export function settingsOf<K extends Keys>(keys: K, values: ValuesOf<K>): SettingsOf<K> {
  const root: Record<string, unknown> = {};
  for (const [path, { at, format }] of Object.entries(keys)) {
    const groups = (at ?? withUnit(path, format)).split('.');
    const name = groups.pop()!;
    const group = groups.reduce((node, part) => (node[part] ??= {}) as Record<string, unknown>, root);
    group[name] = values[path];
  }
  return root as SettingsOf<K>;
}

/** `idle` → `idleMs`, `maxMessage` → `maxMessageBytes`. */
export const withUnit = (name: string, { suffix = '' }: { readonly suffix?: Suffix }): string =>
  name + suffix;

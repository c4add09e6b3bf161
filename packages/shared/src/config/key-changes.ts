/** What a reload changed, key by key. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { Settings } from './settings.ts';
import { needsRestart } from './keys.ts';
import type { RoleName } from '../platform/values/role-name.ts';

/** The values as they are written in the configuration, passwords masked, cut where they are long. */
export interface KeyChange {
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

export interface KeyChanges {
  readonly applied: readonly KeyChange[];
  /** Keys that differ from those that the gateway started with. */
  readonly restart: readonly KeyChange[];
}

type Keyed = Pick<Settings, 'keys' | 'written'>;

/** @param before the settings until now, @param started those at the start of the gateway */
export function keyChanges(
  role: RoleName,
  { started, before, now }: { readonly started: Keyed; readonly before: Keyed; readonly now: Keyed },
): KeyChanges {
  const applied: KeyChange[] = [];
  const restart: KeyChange[] = [];
  for (const key of Object.keys(now.keys)) {
    const isLate = needsRestart(key, role);
    const old = isLate ? started : before;
    if (isDeepStrictEqual(old.keys[key], now.keys[key])) continue;
    (isLate ? restart : applied).push({ key, from: textOf(old, key), to: textOf(now, key) });
  }
  return { applied, restart };
}

/** A list of all domains can be as long as the file. */
const LONGEST = 300;

function textOf({ written }: Keyed, key: string): string {
  const text = written[key] ?? 'nothing';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

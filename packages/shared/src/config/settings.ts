/**
 * The configuration after reading: defaults applied, units resolved, files not yet opened. What is not named here follows from the
 * table of keys: a value stands in the group of its key, under its name with the unit, milliseconds (Ms) or octets (Bytes).
 * docs/configuration.md describes every key.
 */
import type { ContentFault } from '../platform/values/content-faults.ts';
import type { keys } from './keys.ts';
import type { SettingsOf } from './schema/place.ts';
import type { Hosted } from './sections/domains.ts';
import type { Roles } from './sections/both-roles.ts';

/** Every key as it was read, in its place. */
type ReadSettings = SettingsOf<typeof keys>;

export interface Settings extends Omit<ReadSettings, 'content' | keyof Hosted | keyof Roles>, Hosted, Roles {
  /** The file they came from, for messages. */
  readonly file: string;
  readonly content: Omit<ReadSettings['content'], 'scores'> & {
    /** What each fault of form counts. */
    readonly scores: Readonly<Record<ContentFault, number>>;
  };
  /** Every key as it was read, by its path: what partners compare. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Every key as it is written, passwords masked; empty where the file could not be read as a whole. */
  readonly written: Readonly<Record<string, string>>;
}

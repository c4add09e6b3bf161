/**
 * What is known of one key of the configuration: how it is written, its default, its place in `Settings`, whether a
 * reload applies it, and its documentation.
 */
import type { Format, Suffix } from './format.ts';

/** @typeParam At is never where the place is the path of the key with the unit of its format. */
export interface Key<T, S extends Suffix = Suffix, At extends string = string> {
  readonly format: Format<T, S>;
  /** As it would be written in the file; null when there is none. */
  readonly usual: unknown;
  /** What the program gets for null. */
  readonly absent: T;
  /** What to write when it is missing; only on keys that must be given. */
  readonly required?: string;
  readonly doc: string;
  readonly example: string;
  /** Where it stands in `Settings`: `spf.refuse` is at `authentication.spf.refuse`. */
  readonly at?: At;
  /** Whether a gateway reads it only when it starts. A key below a role concerns the gateway of that role alone. */
  readonly reload: 'live' | 'restart';
}

interface Options<At extends string> {
  readonly at?: At;
  readonly reload?: 'live' | 'restart';
}

/** A key with a default. */
export const key = <T, S extends Suffix, const At extends string = never>(
  format: Format<T, S>,
  usual: unknown,
  doc: string,
  example: string,
  options: Options<At> = {},
): Key<T, S, At> => ({ format, usual, absent: undefined as T, doc, example, reload: 'live', ...options });

/** A key that may be left out. */
export const optional = <T, S extends Suffix, const At extends string = never>(
  format: Format<T, S>,
  doc: string,
  example: string,
  options: Options<At> = {},
): Key<T | null, S, At> => ({ format, usual: null, absent: null, doc, example, reload: 'live', ...options });

/** A key that must be given; `absent` stands in for it when it is not. */
export const required = <T, S extends Suffix, const At extends string = never>(
  format: Format<T, S>,
  absent: T,
  doc: string,
  example: string,
  options: Options<At> = {},
): Key<T, S, At> => ({ ...key(format, null, doc, example, options), absent, required: example });

export type Keys = Readonly<Record<string, Key<unknown>>>;

/** The same keys one group further down: `host` → `inbound.host`. */
type Prefixed<Prefix extends string, K> = {
  readonly [P in keyof K & string as `${Prefix}.${P}`]: K[P];
};

export const prefixed = <Prefix extends string, K extends Keys>(
  prefix: Prefix,
  keys: K,
): Prefixed<Prefix, K> =>
  Object.fromEntries(Object.entries(keys).map(([path, key]) => [`${prefix}.${path}`, key])) as Prefixed<
    Prefix,
    K
  >;

/** What is known of one key of the configuration. */
import type { Format } from './format.ts';

export interface Key<T> {
  readonly format: Format<T>;
  /** As it would be written in the file; null when there is none. */
  readonly usual: unknown;
  /** What the program gets for null. */
  readonly absent: T;
  /** What to write when it is missing; only on keys that must be given. */
  readonly required?: string;
  readonly doc: string;
  readonly example: string;
}

/** A key with a default. */
export function key<T>(format: Format<T>, usual: unknown, doc: string, example: string): Key<T> {
  return { format, usual, absent: undefined as T, doc, example };
}

/** A key that may be left out. */
export function optional<T>(format: Format<T>, doc: string, example: string): Key<T | null> {
  return { format, usual: null, absent: null, doc, example };
}

/** A key that must be given; `absent` stands in for it when it is not. */
export function required<T>(format: Format<T>, absent: T, doc: string, example: string): Key<T> {
  return { format, usual: null, absent, required: example, doc, example };
}

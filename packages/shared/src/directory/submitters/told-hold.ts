/** A hold as partners tell it to each other: one line of JSON, read with care. Pure. */
import type { SubmitterHold } from '../../platform/values/submitter.ts';

export interface ToldHold {
  readonly name: string;
  readonly since: number;
  readonly reason: string;
}

const LONGEST_NAME = 320;
const LONGEST_REASON = 200;

export const formatHold = (name: string, { since, reason }: SubmitterHold): string =>
  JSON.stringify({ name, since, reason: reason.slice(0, LONGEST_REASON) });

/** Undefined when it is none. */
export function parseHold(text: string): ToldHold | undefined {
  try {
    const { name, since, reason } = (JSON.parse(text) ?? {}) as Partial<ToldHold>;
    if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) return undefined;
    if (typeof reason !== 'string' || !Number.isSafeInteger(since)) return undefined;
    return { name, since: since!, reason: reason.slice(0, LONGEST_REASON) };
  } catch {
    return undefined;
  }
}

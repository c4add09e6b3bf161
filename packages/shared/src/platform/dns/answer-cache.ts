/**
 * Remembers the answers of a look-up by name, so that a burst of mail to one domain asks once.
 *
 * An answer is fresh for a minute, a lasting refusal ("no such domain") for half a minute, whatever its TTL says:
 * short enough to follow every change, long enough to spare the servers. Temporary faults are never remembered.
 * Identical look-ups under way at the same time share one. At most `limit` names are kept, those used last.
 */
import type { Clock } from '../time/clock.ts';

const POSITIVE_MS = 60_000;
const NEGATIVE_MS = 30_000;

export interface AnswerCacheOptions {
  readonly clock: Clock;
  readonly limit: number;
  /** Whether an error is an answer that will stand for a while, as opposed to a temporary fault. */
  readonly isLasting: (error: unknown) => boolean;
}

interface Remembered<T> {
  readonly answer: Promise<T>;
  /** Infinity while the look-up is under way. */
  freshUntil: number;
}

/** `ask` with a memory. `anew` asks whatever is remembered, and remembers that. */
export function rememberAnswers<T>(
  ask: (name: string) => Promise<T>,
  { clock, limit, isLasting }: AnswerCacheOptions,
): (name: string, anew?: boolean) => Promise<T> {
  const known = new Map<string, Remembered<T>>();

  function askAndRemember(name: string): Remembered<T> {
    const entry: Remembered<T> = { answer: ask(name), freshUntil: Infinity };
    const settled = (): void => {
      entry.freshUntil = clock.now() + POSITIVE_MS;
    };
    const refused = (error: unknown): void => {
      if (isLasting(error)) entry.freshUntil = clock.now() + NEGATIVE_MS;
      else if (known.get(name) === entry) known.delete(name);
    };
    entry.answer.then(settled, refused);
    return entry;
  }

  return (name, anew = false) => {
    const remembered = anew ? undefined : known.get(name);
    const entry = remembered && clock.now() < remembered.freshUntil ? remembered : askAndRemember(name);
    known.delete(name);
    known.set(name, entry);
    if (known.size > limit) known.delete(known.keys().next().value ?? '');
    return entry.answer;
  };
}

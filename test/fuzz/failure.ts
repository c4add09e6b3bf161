/** What went wrong with an input, under a name that is the same for inputs that show the same fault; and the file it is kept in. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Pump } from './mutate.ts';
import { Breach } from './target.ts';

/**
 * - `breach`: something that must hold does not
 * - `escaped`: an exception that nobody caught
 * - `hang`: it does not end; `slow`: it takes more than its budget
 * - `growth`: its time grows faster than its length
 * - `memory`: what is in use after garbage collection grows from turn to turn
 * - `crash`: the thread ended
 */
export type FailureKind = 'breach' | 'escaped' | 'hang' | 'slow' | 'growth' | 'memory' | 'crash';

export interface Failure {
  readonly target: string;
  readonly kind: FailureKind;
  readonly what: string;
  /** Absent where no single input is to blame. */
  readonly input?: Buffer;
  /** Of `growth`: what is repeated in the input. */
  readonly pump?: Pump;
}

export function failureOf(target: string, input: Buffer, error: unknown): Failure {
  const isBreach = error instanceof Breach;
  const text = isBreach
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  return { target, kind: isBreach ? 'breach' : 'escaped', what: text, input };
}

/** The same for the same fault: where an exception was thrown, the words of a breach without what differs from input to input. */
export function identityOf({ target, kind, what }: Failure): string {
  const [first = '', ...stack] = what.split('\n');
  const place = stack.map((line) => /\/((?:packages|node_modules)\/[^\s)]*)/.exec(line)?.[1]).find(Boolean);
  const words =
    kind === 'escaped' && place !== undefined ? first.replace(/:.*$/s, '') : first.replace(/: .*$/s, '');
  return [target, kind, words.replace(/\d+(?:\.\d+)?/g, 'N').slice(0, 160), place ?? ''].join(' | ');
}

/** @returns the path of the file that has its input */
export function saveFailure(directory: string, failure: Failure): string | undefined {
  if (!failure.input) return undefined;
  mkdirSync(directory, { recursive: true });
  const digest = createHash('sha256').update(failure.input).digest('hex').slice(0, 12);
  const path = join(directory, `${failure.target}.${failure.kind}.${digest}`);
  const { pump } = failure;
  writeFileSync(path, pump ? JSON.stringify(pump) : failure.input);
  return path;
}

/** What such a file holds. */
export function readFailure(path: string): { target: string; kind: string; input: Buffer; pump?: Pump } {
  const [target = '', kind = ''] = basename(path).split('.');
  const octets = readFileSync(path);
  if (kind !== 'growth') return { target, kind, input: octets };
  const parts = JSON.parse(octets.toString()) as Record<keyof Pump, { data: number[] }>;
  const [before, piece, after] = [parts.before, parts.piece, parts.after].map(({ data }) =>
    Buffer.from(data),
  );
  const pump = { before: before!, piece: piece!, after: after! };
  return { target, kind, input: octets, pump };
}

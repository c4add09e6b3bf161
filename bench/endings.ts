/**
 * What was started is ended and what was made is removed, whichever way the bench ends: done, failed or Ctrl-C.
 * Last in, first out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Ending = () => Promise<void> | void;

const pending: Ending[] = [];

/** @returns the ending, to be called when its time comes; it runs once */
export function atEnd(ending: Ending): () => Promise<void> {
  pending.push(ending);
  return async () => {
    const index = pending.lastIndexOf(ending);
    if (index < 0) return;
    pending.splice(index, 1);
    await ending();
  };
}

let ending: Promise<void> | undefined;

/** One after the other, also when asked twice. */
export const endAll = (): Promise<void> => (ending ??= endEach());

async function endEach(): Promise<void> {
  for (let next = pending.pop(); next; next = pending.pop())
    try {
      await next();
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
    }
}

let interrupted = false;

/** A signal has ended everything, so that everything fails. */
export const isInterrupted = (): boolean => interrupted;

/** Ctrl-C and SIGTERM end everything, then the bench. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      interrupted = true;
      process.stderr.write('\nEnding what was started …\n');
      void endAll().then(() => process.exit(130));
    });
}

/** A directory that every account may enter, for servers that give up root. */
export async function temporaryDirectory(parent = tmpdir()): Promise<{ path: string; remove: Ending }> {
  const path = mkdtempSync(join(parent, 'mailpair-bench-'));
  const remove = atEnd(() => rmSync(path, { recursive: true, force: true }));
  await chmod(path, 0o755);
  return { path, remove };
}

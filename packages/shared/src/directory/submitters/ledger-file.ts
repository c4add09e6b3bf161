/**
 * Keeps the ledger of submitters over restarts, in one small file that is written anew and moved into place: at once when
 * somebody is held or released, else every few seconds while there is mail. A file that cannot be read, or a part of it, is reported,
 * kept beside and begun anew; one that cannot be written is reported and done without.
 */
import { mkdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/time/clock.ts';
import { readRegularSync, setAside } from '../../platform/files/regular-file.ts';
import { limitNames, type Submitting } from '../../platform/values/submitter.ts';
import { SubmitterLedger, type Account, type Ledger, type LedgerParts } from './ledger.ts';
import { noUsage } from './usage.ts';

export interface LedgerFileOptions {
  /** The spool's. */
  readonly directory: string;
  /** False where another process writes the file. */
  readonly keeps?: boolean;
  readonly clock: Clock;
  readonly submitterOf: LedgerParts['submitterOf'];
  readonly onExcess: LedgerParts['onExcess'];
  readonly onHeld?: (name: string) => void;
  readonly onCounted?: NonNullable<LedgerParts['onCounted']>;
  /** Told when the file cannot be read or written. */
  onFault(error: Error): void;
}

const WRITE_EVERY_MS = 10_000;
const VERSION = 1;

export function openLedger(options: LedgerFileOptions): Ledger {
  const { directory, keeps = true, clock, submitterOf, onExcess, onHeld, onCounted, onFault } = options;
  const path = join(directory, 'submitters.json');
  let isNew = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    while (isNew) {
      isNew = false;
      try {
        const text = JSON.stringify({ version: VERSION, accounts: ledger.accounts() });
        await rm(`${path}.new`, { force: true });
        await writeFile(`${path}.new`, text, { mode: 0o600, flag: 'wx' });
        await rename(`${path}.new`, path);
      } catch (error) {
        onFault(error as Error);
      }
    }
    writing = undefined;
  }

  const flush = (): Promise<void> => (writing ??= write());

  const ledger = new SubmitterLedger({
    clock,
    submitterOf,
    accounts: readAccounts(path, directory, onFault),
    changed(urgent) {
      if (!keeps) return;
      isNew = true;
      if (urgent) void flush();
      else timer ??= setTimeout(() => void flush(), WRITE_EVERY_MS).unref();
    },
    onExcess,
    ...(onHeld && { onHeld }),
    ...(onCounted && { onCounted }),
    close: flush,
  });
  return ledger;
}

function readAccounts(path: string, directory: string, onFault: (error: Error) => void): Account[] {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { accounts } = JSON.parse(readRegularSync(path).toString()) as { accounts?: unknown };
    if (!Array.isArray(accounts)) throw new Error(`${path} holds no accounts`);
    const whole = accounts.filter(isAccount);
    if (whole.length < accounts.length)
      report(
        path,
        new Error(`${accounts.length - whole.length} accounts of ${path} cannot be read`),
        onFault,
      );
    return whole.map(({ name, usage, sender, held, lastAt, releasedAt }) => ({
      name,
      usage,
      sender: isSender(sender) ? sender : null,
      held,
      lastAt,
      releasedAt: releasedAt || 0,
    }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') report(path, error as Error, onFault);
    return [];
  }
}

/** Somebody who was held may be in it. */
function report(path: string, error: Error, onFault: (error: Error) => void): void {
  try {
    const copy = setAside(path);
    onFault(new Error(`${error.message}; the file is kept as ${copy}: see whom it held`, { cause: error }));
  } catch {
    onFault(error);
  }
}

function isAccount(value: unknown): value is Account {
  const { name, usage, held, lastAt } = (value ?? {}) as Partial<Account>;
  return (
    typeof name === 'string' &&
    typeof lastAt === 'number' &&
    limitNames.every((limit) => isWindow(usage?.[limit])) &&
    (held === null || (typeof held?.reason === 'string' && typeof held.since === 'number'))
  );
}

/** Files of version 0.1.0 have none. */
function isSender(value: unknown): value is Submitting {
  const { user, address, reversePath } = (value ?? {}) as Partial<Submitting>;
  return (
    typeof address === 'string' &&
    typeof reversePath === 'string' &&
    (user === undefined || typeof user === 'string')
  );
}

const isWindow = (value: unknown): boolean =>
  Object.keys(noUsage.messagesPerHour).every(
    (field) => typeof (value as Record<string, unknown> | undefined)?.[field] === 'number',
  );

/**
 * Everything that the tests of a run make in the temporary directory lies in one folder of it, which goes when the run ends,
 * also by Ctrl-C or SIGTERM. Processes that a test starts have it as their temporary directory too.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

export function useOwnTemporaryDirectory(): void {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-tests-'));
  chmodSync(directory, 0o1777); // some processes of the tests have another account
  process.env['TMPDIR'] = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

/**
 * Required by mocha: a test fails if it, or a process that it started, opens a file below /etc/mailpair or /var, or asks the
 * resolver of this host. What a process does when its test is over counts for the next one.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, RootHookObject } from 'mocha';
import { guard } from './report.ts';
import { useOwnTemporaryDirectory } from './temporary.ts';

const [stat, read] = [statSync, readFileSync]; // as they are before they are watched
useOwnTemporaryDirectory();
const directory = mkdtempSync(join(tmpdir(), 'mailpair-guard-'));
const reportFile = join(directory, 'breaches');
writeFileSync(reportFile, '');
// Some processes of the tests have another account.
chmodSync(directory, 0o711);
chmodSync(reportFile, 0o666);
guard(reportFile);

let seenBytes = 0;

/** @throws with what was written since the last time */
function expectNoBreach(): void {
  if (stat(reportFile).size === seenBytes) return;
  const breaches = read(reportFile).subarray(seenBytes);
  seenBytes += breaches.length;
  throw new Error(
    `This test depends on the host. Give it files, servers and names of its own.\n${breaches.toString()}`,
  );
}

export const mochaHooks: RootHookObject = {
  beforeEach(this: Context) {
    const test = this.currentTest!;
    const { fn } = test;
    if (!fn || fn.length > 0) return; // one with a callback is looked at with the next
    test.fn = async function (this: Context) {
      await (fn as (this: Context) => unknown).call(this);
      expectNoBreach();
    } as typeof fn;
  },
  afterAll() {
    try {
      expectNoBreach();
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

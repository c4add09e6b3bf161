/** A directory for the bodies that a test collects, fresh for each scenario, and how they are looked at. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'mocha';
import type { Body } from '@mailpair/shared/platform/values/body';

export const sha256 = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

export const octetsOf = (body: Body): Buffer =>
  body.path === undefined ? Buffer.concat(body.chunks ?? []) : readFileSync(body.path);

/** `newPath` gives `m1`, `m2` … in the directory of the scenario. */
export function useBodyDirectory(): { directory: () => string; newPath: () => string } {
  let directory: string;
  let files: number;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-data-'));
    files = 0;
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  return { directory: () => directory, newPath: () => join(directory, `m${(files += 1)}`) };
}

/** What `mailpair balancer KIND` prints, run in this process, for a pair given as an object. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mailpair, type Said } from '../mailpair/command.ts';

export async function printedBalancer(settings: unknown, ...words: readonly string[]): Promise<Said> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-printed-'));
  try {
    const config = join(directory, 'mailpair.yaml');
    writeFileSync(config, JSON.stringify(settings));
    return await mailpair(['balancer', ...words, '--config', config]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

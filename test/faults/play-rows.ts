/** Rows of `mailpair prove`, played in a temporary directory. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrograms, type Programs } from '@mailpair/proving/loopback/programs';
import { prove } from '@mailpair/proving/prove/prove';
import { passes, type RowResult } from '@mailpair/proving/prove/result';
import { rows } from '@mailpair/proving/prove/rows';
import { expect } from 'chai';

export interface PlayOptions {
  readonly programs?: Partial<Programs>;
  readonly seed?: string;
}

/** By their whole names, each failure once. */
export async function playRows(names: readonly string[], options: PlayOptions = {}): Promise<RowResult[]> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-faults-'));
  try {
    const results = await prove({
      rows: names.map((name) => rows.find((row) => row.name === name)!),
      directory,
      programs: { ...findPrograms(), ...options.programs },
      isQuick: true,
      seed: options.seed ?? 'test',
      signal: new AbortController().signal,
      tell: () => undefined,
    });
    expect(readdirSync(directory), 'what is left behind').to.deep.equal([]);
    return results;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function expectPassed(results: readonly RowResult[]): void {
  for (const result of results) {
    expect(passes(result), `${result.name}: ${result.notRun ?? result.faults.join('\n')}`).to.equal(true);
    // A cut takes many messages with it. They are reported, and do not count as acknowledged.
    expect(result.acknowledged, result.name).to.be.above(result.name.endsWith('-cut') ? 0 : 10);
  }
}

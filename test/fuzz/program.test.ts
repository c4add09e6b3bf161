import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { watch } from './watch.ts';
import type { Failure } from './failure.ts';

const program = join(import.meta.dirname, 'main.ts');
const fuzz = (...words: readonly string[]) =>
  spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', timeout: 60_000 });

describe('the fuzz program', () => {
  it('runs for a time, keeps inputs and ends with 0', function () {
    this.timeout(60_000);
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-fuzz-'));
    try {
      const { status, stderr, stdout } = fuzz(
        '--for',
        '3s',
        '--seed',
        '1',
        '--target',
        'proxy-header',
        '--seeds',
        directory,
      );
      expect({ status, stdout }, stderr).to.deep.equal({ status: 0, stdout: '' });
      expect(stderr).to.match(/proxy-header +[1-9]\d* inputs/);
      expect(readdirSync(join(directory, 'corpus', 'proxy-header'))).not.to.be.empty;
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('tries a kept failure again, and says that it is gone', function () {
    this.timeout(60_000);
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-fuzz-'));
    try {
      const file = join(directory, 'journal.breach.0123');
      writeFileSync(file, 'x');
      expect(fuzz('--replay', file)).to.include({
        status: 0,
        stdout: 'journal: this breach does not show any more\n',
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('names the targets when it is asked for another', () => {
    const { status, stderr } = fuzz('--target', 'nothing');
    expect({ status, stderr }).to.deep.equal({ status: 2, stderr: stderr });
    expect(stderr).to.match(/smtp-sessions.*not “nothing”/);
  });

  it('ends an input that does not end, and reports it', async function () {
    this.timeout(60_000);
    const failures: Failure[] = [];
    await watch({
      program: new URL('./hanging-planted.ts', import.meta.url),
      targets: ['planted'],
      seed: 1,
      directory: tmpdir(),
      hangMs: 300,
      again: { input: Buffer.from('the input') },
      signal: new AbortController().signal,
      failed: (failure) => void failures.push(failure),
      told: () => undefined,
    });
    expect(failures).to.have.length(1);
    expect(failures[0]).to.include({ target: 'planted', kind: 'hang' });
    expect(failures[0]!.input!.toString()).to.equal('the input');
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveOwner, lockSpool } from '@mailpair/shared/spool/store/owner-lock';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { eventually } from '../../../support/heartbeat.ts';

describe('the owner of a spool', () => {
  let directory: string;
  let parent: ChildProcess | undefined;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'mailpair-owner-'))));
  afterEach(() => {
    parent?.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  const fieldsOf = (pid: number): string[] =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const own = (pid: number): void => writeFileSync(join(directory, 'owner'), `${pid} ${fieldsOf(pid)[19]}\n`);

  it('is the process that locked it, until that lets it go', () => {
    const lock = lockSpool(directory);
    expect(liveOwner(directory)).to.equal(process.pid);
    expect(() => lockSpool(directory)).to.throw(`in use by process ${process.pid} (this one)`);
    lock.release();
    expect(liveOwner(directory)).to.equal(undefined);
  });

  it('is nobody who was given the number of one that ended', () => {
    writeFileSync(join(directory, 'owner'), `${process.pid} 1\n`);
    expect(liveOwner(directory)).to.equal(undefined);
  });

  it('is no process that has ended, though its parent did not notice', async () => {
    // The shell becomes a program that asks for no child of its own.
    parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
    const child = Number(line.toString());
    await eventually(
      () => fieldsOf(child)[0],
      (state) => state === 'Z',
    );
    own(child);
    expect(liveOwner(directory)).to.equal(undefined);
    own(parent.pid!);
    expect(liveOwner(directory)).to.equal(parent.pid);
    expect(() => lockSpool(directory)).to.throw(`in use by process ${parent.pid}: stop that gateway first`);
  });
});

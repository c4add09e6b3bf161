import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesSince, linesWith, openSegments, type Segments } from '@mailpair/shared/platform/files/segments';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

describe('lines kept in segments', () => {
  let directory: string;
  let segments: Segments;
  let faults: string[];
  let [maxBytes, keepMs] = [4 * 1024 * 1024, 60_000];
  const open = (): Segments =>
    openSegments({
      directory,
      maxBytes: () => maxBytes,
      keepMs: () => keepMs,
      clock: { now: () => Date.now() },
      onFault: ({ message }, lines) => faults.push(`${message} (${lines})`),
    });
  const found = async (lines: AsyncIterable<string>): Promise<string[]> => {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    return all;
  };
  const sizeBytes = (): number =>
    readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);

  beforeEach(() => {
    [maxBytes, keepMs, faults] = [4 * 1024 * 1024, 60_000, []];
    directory = join(mkdtempSync(join(tmpdir(), 'mailpair-segments-')), 'records');
    segments = open();
  });

  afterEach(async () => {
    await segments.close();
    rmSync(join(directory, '..'), { recursive: true });
  });

  it('are found by what is in them, the newest first, over restarts', async () => {
    for (const line of ['one Straße', 'TWO', 'one and two']) segments.append(() => line);
    await segments.close();
    segments = open();
    segments.append(() => 'two again');
    await segments.flush();
    expect(await found(linesWith(directory, ['two']))).to.deep.equal(['two again', 'one and two', 'TWO']);
    expect(await found(linesWith(directory, ['ONE', 'two']))).to.deep.equal([
      'two again',
      'one and two',
      'TWO',
      'one Straße',
    ]);
    expect(await found(linesWith(directory, ['three']))).to.deep.equal([]);
    expect(await found(linesSince(directory, 0))).to.have.length(4);
    expect(await found(linesSince(directory, Date.now() + 60_000))).to.deep.equal([]);
  });

  it('are found though a crash cut off the last one', async () => {
    segments.append(() => 'one');
    await segments.flush();
    const [name] = readdirSync(directory);
    appendFileSync(join(directory, name!), 'one half');
    expect(await found(linesWith(directory, ['one']))).to.deep.equal(['one half', 'one']);
  });

  it('stay below the size, the newest being kept', async () => {
    for (let count = 0; count < 60; count += 1) {
      segments.append(() => `${count} `.padEnd(100_000, 'x'));
      await segments.flush();
    }
    expect(sizeBytes()).to.be.within(3_500_000, 4 * 1024 * 1024 + 300_000);
    expect(await found(linesWith(directory, ['59 x']))).to.have.length(1);
    expect(await found(linesWith(directory, ['0 xx']))).to.have.length.below(5);
    expect(faults).to.deep.equal([]);
  });

  it('go when they are old', async () => {
    segments.append(() => 'old');
    await segments.close();
    const [name] = readdirSync(directory);
    utimesSync(join(directory, name!), new Date(), new Date(Date.now() - 61_000));
    segments = open();
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('are not kept where that is off', async () => {
    keepMs = 0;
    segments.append(() => 'one');
    await segments.flush();
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('are lost and told of when the disk fails, and those after it are kept again', async () => {
    rmSync(directory, { recursive: true });
    segments.append(() => 'one');
    segments.append(() => 'two');
    await segments.flush();
    expect(faults[0]).to.match(/ENOENT.*\(2\)/);
    const { mkdirSync } = await import('node:fs');
    mkdirSync(directory);
    segments.append(() => 'three');
    await segments.flush();
    expect(await found(linesSince(directory, 0))).to.deep.equal(['three']);
  });
});

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slotDirectories, slotDirectory, slotsIn, workersOf } from '@mailpair/shared/gateway/workers/slot';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';

describe('the slots of a spool', () => {
  const spool = mkdtempSync(join(tmpdir(), 'mailpair-slots-'));
  after(() => rmSync(spool, { recursive: true }));

  it('are the directory itself, and those in it', () => {
    expect(slotDirectories(spool)).to.deep.equal([spool]);
    for (const name of ['10', '2', 'x', '03']) mkdirSync(join(spool, 'slots', name), { recursive: true });
    expect(slotsIn(spool)).to.deep.equal([0, 2, 10]);
    expect(slotDirectory(spool, 2)).to.equal(join(spool, 'slots/2'));
  });

  it('are as many as configured', () => {
    expect([workersOf(3, Infinity), workersOf('auto', Infinity, 8)]).to.deep.equal([3, 8]);
  });

  it('are fewer where the memory of the container is not enough for one on each core', () => {
    const megabyte = 1024 * 1024;
    const auto = [64, 256, 512, 4_096].map((megabytes) => workersOf('auto', megabytes * megabyte, 8));
    expect(auto).to.deep.equal([1, 1, 3, 8]);
    expect(workersOf(3, 64 * megabyte, 8)).to.equal(3);
  });
});

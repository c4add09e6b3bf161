import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slotDirectories, slotDirectory, slotsIn, workersOf } from '@mailpair/shared/workers/slot';
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
    expect([workersOf(3), workersOf('auto', 8)]).to.deep.equal([3, 8]);
  });
});

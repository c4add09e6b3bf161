import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrograms } from '@mailpair/proving/loopback/programs';
import { openWorld } from '@mailpair/proving/prove/world';
import { isRunning, startOf } from '@mailpair/shared/platform/process/process-start';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('the workers of a world that is closed', () => {
  it('have ended, and nothing of it is left behind', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'mailpair-world-'));
    try {
      const program = findPrograms().outbound;
      const world = await openWorld({ role: 'outbound', directory: join(parent, 'world'), program });
      await world.gateway.start(['outbound.workers=2']);
      const workers = world.gateway.workers().map((pid) => ({ pid, start: startOf(pid) }));
      expect(workers).to.have.length(2);
      await world.close();
      expect(workers.filter(({ pid, start }) => isRunning(pid, start))).to.deep.equal([]);
      expect(readdirSync(parent)).to.deep.equal([]);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });
});

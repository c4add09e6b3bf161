import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { runCommand } from '../support/commands.ts';
import { profiledNode } from '../../bench/candidates/mailpair.ts';
import { sharesOfFunctions, sharesOfParts, type CpuProfile } from '../../bench/profile.ts';

const node = (id: number, functionName: string, url = '', lineNumber = 0) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

const profile: CpuProfile = {
  nodes: [
    node(1, '(idle)'),
    node(2, 'writev'),
    node(3, 'feed', 'file:///home/me/mailpair/packages/shared/src/smtp/server/data-decoder.ts', 30),
    node(4, 'run', 'file:///home/me/mailpair/packages/planner/src/plan.ts', 9),
    node(5, 'put', 'file:///home/me/node_modules/.pnpm/lmdb@3/node_modules/lmdb/write.js', 4),
    node(6, 'get', 'file:///home/me/node_modules/.pnpm/lmdb@3/node_modules/lmdb/read.js', 4),
    node(7, 'emit', 'node:events', 99),
  ],
  samples: [1, 2, 3, 4, 5, 6, 7, 3],
  timeDeltas: [90_000, 3000, 1000, 1000, 1000, 1000, 1000, 1000],
};

describe('A CPU profile', () => {
  it('gives the functions by their own time, without the idle time', () => {
    const shares = sharesOfFunctions(profile);
    expect(shares[0]).to.deep.equal({ name: 'writev', ms: 3, share: 3 / 9 });
    expect(shares[1]).to.deep.equal({
      name: 'feed shared/src/smtp/server/data-decoder.ts:31',
      ms: 2,
      share: 2 / 9,
    });
    expect(shares).to.have.length(6);
  });

  it('adds them up by library and stage', () => {
    const parts = Object.fromEntries(sharesOfParts(profile).map(({ name, ms }) => [name, ms]));
    expect(parts).to.deep.equal({ writev: 3, 'shared smtp/server/': 2, lmdb: 2, planner: 1, node: 1 });
  });
});

describe('A gateway that is profiled', () => {
  it('has its heap from the start, and does not replace itself while the profiler runs', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-profile-'));
    const [command = '', ...words] = profiledNode('outbound', directory);
    const launch = import.meta.resolve('@mailpair/shared/gateway/compose/launch');
    const script = `
      const { heaps, relaunch } = await import('${launch}');
      process.execve = () => console.log('replaced itself');
      relaunch(heaps.outbound);
      console.log(process.execArgv.includes('--max-semi-space-size=8'), process.env.MALLOC_MMAP_THRESHOLD_);`;
    const { code, stdout } = await runCommand(command, [...words, '--input-type=module', '--eval', script]);
    expect([code, stdout]).to.deep.equal([0, 'true 32768\n']);
    expect(readdirSync(directory)).to.deep.equal(['cpuprofile']);
    rmSync(directory, { recursive: true });
  });
});

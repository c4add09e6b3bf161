import { expect } from 'chai';
import { describe, it } from 'mocha';
import { sharesOfFunctions, sharesOfParts, type CpuProfile } from '../../bench/profile.ts';

const node = (id: number, functionName: string, url = '', lineNumber = 0) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

const profile: CpuProfile = {
  nodes: [
    node(1, '(idle)'),
    node(2, 'writev'),
    node(3, 'feed', 'file:///home/me/mailpair/packages/shared/src/accept/data-decoder.ts', 30),
    node(4, 'run', 'file:///home/me/mailpair/packages/shared/src/run.ts', 9),
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
      name: 'feed shared/src/accept/data-decoder.ts:31',
      ms: 2,
      share: 2 / 9,
    });
    expect(shares).to.have.length(6);
  });

  it('adds them up by library and stage', () => {
    const parts = Object.fromEntries(sharesOfParts(profile).map(({ name, ms }) => [name, ms]));
    expect(parts).to.deep.equal({ writev: 3, 'shared accept/': 2, lmdb: 2, shared: 1, node: 1 });
  });
});

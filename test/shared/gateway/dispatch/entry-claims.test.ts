import { EntryClaims } from '@mailpair/shared/gateway/dispatch/entry-claims';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const entry = { id: 'E1' } as Entry;

describe('a claim', () => {
  it('has the entry until it is released, and hands it back as it was stored last', async () => {
    const released: (Entry | null)[] = [];
    const claims = new EntryClaims({
      store: () => Promise.resolve(),
      released: (each) => released.push(each),
    });
    const claim = claims.claim('E1', () => entry)!;
    const changed = { ...entry, attempts: 2 } as Entry;
    await claim.change(() => changed);
    expect(claim.entry).to.equal(changed);
    claim.release();
    expect(released).to.deep.equal([changed]);
    expect(claims.has('E1')).to.equal(false);
  });
});

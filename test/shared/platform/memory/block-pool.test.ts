import { BLOCK_BYTES, BlockPool } from '@mailpair/shared/platform/memory/block-pool';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const MOST = 20;

describe('the memory that messages share', () => {
  it('has room for so many octets, counted by blocks', () => {
    const pool = new BlockPool(() => 3 * BLOCK_BYTES + 1);
    const blocks = [pool.take(), pool.take()];
    expect([pool.hasRoom(1), pool.hasRoom(2)]).to.deep.equal([true, false]);
    blocks.push(pool.take());
    expect([pool.hasRoom(0), pool.hasRoom(1)]).to.deep.equal([true, false]);
    pool.giveBack(blocks);
    expect(pool.hasRoom(3)).to.equal(true);
    expect(pool.lentBytes).to.equal(0);
  });

  it('goes by the limit of the moment', () => {
    let most = BLOCK_BYTES;
    const pool = new BlockPool(() => most);
    pool.take();
    most = 0;
    expect(pool.hasRoom(0)).to.equal(false);
    most = 2 * BLOCK_BYTES;
    expect(pool.hasRoom(1)).to.equal(true);
  });

  it('gives blocks that it had given before', () => {
    const pool = new BlockPool(() => MOST * BLOCK_BYTES);
    const first = new Set(Array.from({ length: MOST }, () => pool.take()));
    expect(first.size).to.equal(MOST);
    pool.giveBack(first);
    for (let i = 0; i < MOST; i += 1) expect(first.has(pool.take())).to.equal(true);
    expect(first.has(pool.take())).to.equal(false);
  });

  it('gives blocks without room, too', () => {
    const pool = new BlockPool(() => 0);
    const blocks = [pool.take(), pool.take()];
    expect(pool.lentBytes).to.equal(2 * BLOCK_BYTES);
    pool.giveBack(blocks);
    expect([pool.hasRoom(1), pool.freeBytes]).to.deep.equal([false, 2 * BLOCK_BYTES]);
  });

  it('lets go of what nobody has wanted for a while, and of nothing else', async () => {
    const pool = new BlockPool(() => MOST * BLOCK_BYTES, 5);
    pool.giveBack(Array.from({ length: MOST }, () => pool.take()));
    pool.giveBack([pool.take(), pool.take()]);
    const seen = new Set<number>();
    while (pool.freeBytes > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.add(pool.freeBytes / BLOCK_BYTES);
    }
    expect([...seen]).to.deep.equal([MOST, 2, 0]);
  });
});

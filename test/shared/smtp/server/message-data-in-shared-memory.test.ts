import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { BLOCK_BYTES, BlockPool } from '@mailpair/shared/platform/memory/block-pool';
import { MessageData, bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { octetsOf, sha256, useBodyDirectory } from '../../../support/collected.ts';

describe('the data of a message with room in the memory that all share', () => {
  const { directory, newPath } = useBodyDirectory();

  const BLOCKS = 8;
  const octetsFor = (blocks: number): Buffer =>
    Buffer.alloc(blocks * BLOCK_BYTES, 'Received: x\r\n0123456789\r\n');

  function sharing(): {
    shared: BlockPool;
    data: (memoryBytes?: number, maxBytes?: number) => MessageData;
  } {
    const shared = new BlockPool(() => BLOCKS * BLOCK_BYTES);
    const data = (memoryBytes = 0, maxBytes = 1e8): MessageData =>
      new MessageData({ maxBytes, memoryBytes, room: shared, newPath });
    return { shared, data };
  }

  async function pushed(data: MessageData, octets: Buffer, step = 30_000): Promise<MessageData> {
    for (let from = 0; from < octets.length; from += step) {
      const piece = Buffer.from(octets.subarray(from, from + step));
      const pressure = data.push(piece);
      piece.fill('#');
      await pressure;
    }
    return data;
  }

  it("stays in memory, and is nobody's when it is discarded", async () => {
    const { shared, data } = sharing();
    const octets = octetsFor(BLOCKS - 0.5);
    const large = await pushed(data(), octets);
    const body = await large.finish(true);
    expect(body).to.include({ isTransparent: true, sizeBytes: octets.length, sha256: sha256(octets) });
    expect(octetsOf(body).equals(octets)).to.equal(true);
    expect(shared.lentBytes).to.equal(BLOCKS * BLOCK_BYTES);
    await large.discard();
    await large.discard();
    expect(shared.lentBytes).to.equal(0);
    expect(body.chunks).to.deep.equal([]);
  });

  it('stays as long as somebody holds it', async () => {
    const { shared, data } = sharing();
    const large = await pushed(data(), octetsFor(2));
    const body = await large.finish();
    body.loan!.hold();
    await large.discard();
    expect(octetsOf(body).equals(octetsFor(2))).to.equal(true);
    body.loan!.letGo();
    expect(shared.lentBytes).to.equal(0);
    expect(body.chunks).to.deep.equal([]);
  });

  it('goes to a file when the others leave no room for it, and gives its own back', async () => {
    const { shared, data } = sharing();
    const first = await pushed(data(), octetsFor(5));
    const second = await pushed(data(), octetsFor(5));
    const bodies = [await first.finish(), await second.finish()];
    expect(bodies.map(({ path }) => path)).to.deep.equal([undefined, join(directory(), 'm1')]);
    for (const body of bodies) expect(octetsOf(body).equals(octetsFor(5))).to.equal(true);
    expect(bodies[1]).to.include({ sha256: sha256(octetsFor(5)), hops: bodyOf(octetsFor(5)).hops });
    expect(shared.lentBytes).to.equal(5 * BLOCK_BYTES);
    await Promise.all([first.discard(), second.discard()]);
    expect(shared.lentBytes).to.equal(0);
    expect(readdirSync(directory())).to.deep.equal([]);
  });

  it('may be in memory up to its own limit though there is no room', async () => {
    const { shared, data } = sharing();
    const full = await pushed(data(), octetsFor(BLOCKS));
    const octets = octetsFor(1.5);
    const late = await pushed(data(octets.length), octets);
    const body = await late.finish();
    expect(octetsOf(body).equals(octets)).to.equal(true);
    await late.discard();
    expect(octetsOf(body).equals(octets), 'which is its own').to.equal(true);
    await full.discard();
    expect(shared.lentBytes).to.equal(0);
  });

  it('gives all back whenever it ends', async () => {
    const { shared, data } = sharing();
    const begun = await pushed(data(), octetsFor(2.5));
    await begun.discard();
    expect(shared.lentBytes, 'not finished').to.equal(0);
    const tooBig = await pushed(data(0, BLOCK_BYTES), octetsFor(2));
    expect(shared.lentBytes, 'too big').to.equal(0);
    await tooBig.discard();
    const writing = data();
    for (let i = 0; i < 40; i += 1) void writing.push(octetsFor(1));
    expect(shared.lentBytes, 'on its way').to.equal(40 * BLOCK_BYTES);
    await writing.discard();
    expect(shared.lentBytes, 'being written').to.equal(0);
    expect(readdirSync(directory())).to.deep.equal([]);
  });

  it('is the same octets wherever it lies', async () => {
    const sizes = fc.array(fc.nat(60_000), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(6), fc.nat(200_000), async (lengths, blocks, memory) => {
        const shared = new BlockPool(() => blocks * BLOCK_BYTES);
        const data = new MessageData({ maxBytes: 1e8, memoryBytes: memory, room: shared, newPath });
        const pieces = lengths.map((length, i) => Buffer.alloc(length, `${i} `));
        for (const piece of pieces) await data.push(piece);
        const body = await data.finish();
        const whole = Buffer.concat(pieces);
        expect(octetsOf(body).equals(whole)).to.equal(true);
        expect(body.sha256).to.equal(sha256(whole));
        if (whole.length <= memory) expect(body.path).to.equal(undefined);
        if (body.path === undefined) expect(shared.lentBytes).to.be.at.most(blocks * BLOCK_BYTES);
        else expect(shared.lentBytes).to.equal(0);
        await data.discard();
        expect(shared.lentBytes).to.equal(0);
      }),
      { numRuns: 60 },
    );
  });
});

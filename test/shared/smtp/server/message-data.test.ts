import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { BlockPool } from '@mailpair/shared/platform/memory/block-pool';
import { MessageData, bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { octetsOf, sha256, useBodyDirectory } from '../../../support/collected.ts';

describe('the data of a message', () => {
  const { directory, newPath } = useBodyDirectory();
  const room = new BlockPool(() => 0);
  const collect = (memoryBytes: number, maxBytes = 1_000_000): MessageData =>
    new MessageData({ maxBytes, memoryBytes, room, newPath });

  it('stays in memory up to the limit and goes to a file beyond it', async () => {
    const small = collect(4);
    expect(small.push(Buffer.from('ab\r\n'))).to.equal(undefined);
    expect(await small.finish()).to.have.property('chunks');
    const large = collect(4);
    await large.push(Buffer.from('abc\r\n'));
    expect(await large.finish()).to.include({ path: join(directory(), 'm1'), sizeBytes: 5 });
  });

  it('is the same octets, size, hash and facts in memory and in a file, however it came', async () => {
    const piece = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((octets) => Buffer.from(octets));
    const text = fc.constantFrom(
      Buffer.from('Received: x\r\n'),
      Buffer.from('Subject: x\r\n'),
      Buffer.from('\r\n'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(piece, text)),
        fc.nat(200),
        fc.boolean(),
        async (pieces, memory, patient) => {
          const data = collect(memory);
          for (const each of pieces) {
            const pressure = data.push(each);
            if (patient) await pressure;
          }
          const body = await data.finish();
          const whole = Buffer.concat(pieces);
          expect(octetsOf(body)).to.deep.equal(whole);
          expect(body.path === undefined).to.equal(whole.length <= memory);
          expect(body.sha256).to.equal(sha256(whole));
          expect(body).to.include({
            sizeBytes: whole.length,
            hops: bodyOf(whole).hops,
            eightBit: whole.some((octet) => octet > 127),
          });
          await data.discard();
          expect(readdirSync(directory())).to.deep.equal([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps nothing that it was given but what it copied, block after block, in memory and in a file', async () => {
    const octets = Buffer.from(Array.from({ length: 700_000 }, (_, i) => 32 + ((i * 7 + (i >> 8)) % 90)));
    for (const [memory, wait] of [
      [1_000_000, false],
      [300_000, true],
      [10_000, true],
      [10_000, false],
    ] as const) {
      const data = collect(memory);
      const place = Buffer.alloc(50_000);
      for (let from = 0; from < octets.length; from += place.length) {
        const count = octets.copy(place, 0, from);
        const pressure = data.push(place.subarray(0, count));
        place.fill('#');
        if (wait) await pressure;
      }
      const body = await data.finish();
      expect(octetsOf(body).equals(octets)).to.equal(true);
      expect(body.sha256).to.equal(sha256(octets));
      await data.discard();
    }
  });

  it('counts Received fields that come after the message went to a file', async () => {
    const data = collect(0);
    for (let i = 0; i < 60; i += 1) await data.push(Buffer.from(`Received: ${i}\r\n`));
    expect(await data.finish()).to.have.property('hops', 60);
  });

  it('keeps nothing of a message that is too big', async () => {
    const data = collect(10, 20);
    await data.push(Buffer.alloc(15));
    expect(data.tooBig).to.equal(false);
    expect(data.push(Buffer.alloc(6))).to.equal(undefined);
    expect(data.tooBig).to.equal(true);
    await data.discard();
    expect(readdirSync(directory())).to.deep.equal([]);
  });

  it('leaves alone a file that the spool took over', async () => {
    const data = collect(0);
    await data.push(Buffer.from('x\r\n'));
    const { path = '' } = await data.finish();
    renameSync(path, join(directory(), 'taken'));
    await data.discard();
    expect(readdirSync(directory())).to.deep.equal(['taken']);
  });

  it('is discarded while a piece is still being written', async () => {
    const data = collect(0);
    void data.push(Buffer.alloc(100_000));
    await data.discard();
    expect(readdirSync(directory())).to.deep.equal([]);
  });

  const faultOf = async (data: MessageData): Promise<unknown> =>
    Promise.resolve(data.finish()).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('fails at the end, not before, when the file cannot be made', async () => {
    const data = new MessageData({
      maxBytes: 100,
      memoryBytes: 0,
      room,
      newPath: () => join(directory(), 'no', 'm'),
    });
    await data.push(Buffer.from('a'));
    expect(data.push(Buffer.from('b'))).to.equal(undefined);
    expect(await faultOf(data)).to.have.property('code', 'ENOENT');
    await data.discard();
  });

  it('removes no file that it did not make', async () => {
    const taken = join(directory(), 'taken');
    writeFileSync(taken, 'of somebody else');
    const data = new MessageData({ maxBytes: 100, memoryBytes: 0, room, newPath: () => taken });
    await data.push(Buffer.from('a'));
    expect(await faultOf(data)).to.have.property('code', 'EEXIST');
    await data.discard();
    expect(readFileSync(taken, 'utf8')).to.equal('of somebody else');
  });

  it('fails when the disk takes only part of a write', async () => {
    await withWrites(directory(), 'part', async () => {
      const data = collect(0);
      await data.push(Buffer.alloc(1_000));
      expect(String(await faultOf(data))).to.include('the disk took only part');
      await data.discard();
      expect(readdirSync(directory())).to.deep.equal([]);
    });
  });

  it('comes to the file in large writes', async () => {
    const writes = await withWrites(directory(), null, async () => {
      const data = collect(0, 10_000_000);
      for (let piece = 0; piece < 100; piece += 1) await data.push(Buffer.alloc(16_000));
      expect((await data.finish()).sizeBytes).to.equal(1_600_000);
    });
    expect(writes).to.be.within(2, 10);
  });

  it('fails when the disk is full', async () => {
    await withWrites(directory(), 'ENOSPC', async () => {
      const data = collect(0);
      await data.push(Buffer.alloc(1_000));
      expect(await faultOf(data)).to.have.property('code', 'ENOSPC');
      await data.discard();
      expect(readdirSync(directory())).to.deep.equal([]);
    });
  });

  it('says when the file cannot be removed', async () => {
    const data = collect(0);
    await data.push(Buffer.from('x'));
    const { path = '' } = await data.finish();
    rmSync(path);
    mkdirSync(path);
    const removed = await data.discard().then(
      () => true,
      () => false,
    );
    expect(removed).to.equal(false);
  });
});

/** Lets every write to a file fail in a certain way while `body` runs. @returns how many there were */
async function withWrites(
  directory: string,
  fault: 'part' | 'ENOSPC' | null,
  body: () => Promise<void>,
): Promise<number> {
  const sample = await open(join(directory, 'sample'), 'wx');
  const prototype = Object.getPrototypeOf(sample) as { writev: FileHandle['writev'] };
  await sample.close();
  rmSync(join(directory, 'sample'));
  const { writev } = prototype;
  let writes = 0;
  prototype.writev = function (this: FileHandle, buffers: readonly NodeJS.ArrayBufferView[]) {
    writes += 1;
    if (fault === null) return writev.call(this, buffers);
    if (fault === 'ENOSPC') return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    const first = Buffer.from(buffers[0]!.buffer, buffers[0]!.byteOffset, buffers[0]!.byteLength);
    return writev.call(this, [first.subarray(0, first.length / 2)]);
  } as FileHandle['writev'];
  try {
    await body();
  } finally {
    prototype.writev = writev;
  }
  return writes;
}

describe('a body of octets at hand', () => {
  it('knows its size, its hash, its hops and whether it has octets above 127', () => {
    const octets = Buffer.from('Received: a\r\n\r\nü\r\n');
    expect({ ...bodyOf(octets) }).to.deep.include({ sizeBytes: octets.length, eightBit: true });
    expect(bodyOf(octets).sha256).to.equal(sha256(octets));
    expect(bodyOf(octets).hops).to.equal(1);
    expect(bodyOf(Buffer.from('a\r\n'))).to.include({ eightBit: false, hops: 0 });
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { expect } from 'chai';
import { sendMessage } from '@mailpair/shared/send/message';
import type { Wire } from '@mailpair/shared/send/wire';
import { bodyOf, event, message } from './fixtures.ts';

/** A wire that takes what is written, and says when it has room. */
class SlowWire {
  written = 0;
  writes = 0;
  asked = event();
  room = event();
  readonly spoken = false;

  write(data: Buffer): boolean {
    this.written += data.length;
    this.writes += 1;
    return false;
  }

  async drained(): Promise<void> {
    this.asked.happen();
    await this.room.happened;
  }

  cork(): void {}
  uncork(): void {}
}

/** Takes every other piece when it is asked to wait, and the rest not before the end. */
class LazyWire {
  readonly pieces: Buffer[] = [];
  readonly spoken = false;

  write(data: Buffer): boolean {
    this.pieces.push(data);
    return this.pieces.length % 2 === 0;
  }

  drained(): Promise<void> {
    const last = this.pieces.length - 1;
    if (last % 2 === 0) this.pieces[last] = Buffer.from(this.pieces[last]!);
    return Promise.resolve();
  }

  cork(): void {}
  uncork(): void {}
}

describe('sending a message from a file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailpair-message-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('reads no further than the network takes it', async () => {
    const octets = Buffer.alloc(1_000_000, 'x');
    const path = join(folder, 'body');
    await writeFile(path, octets);
    const { chunks: _, ...body } = bodyOf(octets);
    const wire = new SlowWire();
    const sending = sendMessage(
      wire as unknown as Wire,
      message({ head: 'X: y\r\n', body: { ...body, path } }),
      1_000,
    );
    for (let step = 0; step < 3; step += 1) {
      await wire.asked.happened;
      expect(wire.writes).to.equal(step + 1);
      const { room } = wire;
      [wire.asked, wire.room] = [event(), event()];
      room.happen();
    }
    await wire.asked.happened;
    expect(wire.written).to.be.below(400_000);
    wire.drained = () => Promise.resolve();
    wire.room.happen();
    expect(await sending).to.equal(true);
    expect(wire.written).to.equal('X: y\r\n'.length + octets.length + '\r\n.\r\n'.length);
  });

  it('writes over nothing that the network has not taken', async () => {
    const octets = Buffer.from(Array.from({ length: 200_000 }, (_, line) => `line ${line}\r\n`).join(''));
    const path = join(folder, 'body');
    await writeFile(path, octets);
    const { chunks: _, ...body } = bodyOf(octets);
    const wire = new LazyWire();
    const sent = await sendMessage(
      wire as unknown as Wire,
      message({ head: 'X: y\r\n', body: { ...body, path } }),
      1_000,
    );
    expect(sent).to.equal(true);
    const expected = Buffer.concat([Buffer.from('X: y\r\n'), octets, Buffer.from('.\r\n')]);
    expect(Buffer.concat(wire.pieces).equals(expected)).to.equal(true);
  });
});

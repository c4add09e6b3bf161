import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { expect } from 'chai';
import { BodyFault, sendMessage } from '@mailpair/shared/smtp/client/message';
import { WireFault, type Wire } from '@mailpair/shared/smtp/client/wire';
import { pages } from '@mailpair/shared/platform/memory/block-pool';
import type { Body } from '@mailpair/shared/platform/values/body';
import { dotStuff } from '../../../support/dot-stuff.ts';
import { bodyOf, event, message } from './fixtures.ts';

/** A wire that takes what is written, and says when it has room. */
class SlowWire {
  written = 0;
  writes = 0;
  asked = event();
  room = event();
  readonly spoken = false;

  write(data: Buffer): void {
    this.written += data.length;
    this.writes += 1;
  }

  async drained(): Promise<void> {
    this.asked.happen();
    await this.room.happened;
  }
}

/** Takes every other piece when it is asked to wait, and the rest not before the end. */
class LazyWire {
  readonly pieces: Buffer[] = [];
  readonly lefts: ((() => void) | undefined)[] = [];
  readonly spoken = false;

  write(data: Buffer, left?: () => void): void {
    this.pieces.push(data);
    this.lefts.push(left);
  }

  drained(): Promise<void> {
    const last = this.pieces.length - 1;
    if (last % 2 === 0) this.take(last);
    return Promise.resolve();
  }

  take(piece: number): void {
    this.pieces[piece] = Buffer.from(this.pieces[piece]!);
    this.lefts[piece]?.();
    this.lefts[piece] = undefined;
  }
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
    const lentBefore = pages.lentBytes;
    const sent = await sendMessage(
      wire as unknown as Wire,
      message({ head: 'X: y\r\n', body: { ...body, path } }),
      1_000,
    );
    expect(sent).to.equal(true);
    const expected = Buffer.concat([Buffer.from('X: y\r\n'), octets, Buffer.from('.\r\n')]);
    expect(Buffer.concat(wire.pieces).equals(expected)).to.equal(true);
    expect(pages.lentBytes).to.be.above(lentBefore);
    wire.pieces.forEach((_, piece) => wire.take(piece));
    expect(pages.lentBytes).to.equal(lentBefore);
  });

  it('gives back what it read when the session ends on the way', async () => {
    const path = join(folder, 'body');
    await writeFile(path, Buffer.alloc(1_000_000, 'x'));
    const { chunks: _, ...body } = bodyOf(Buffer.alloc(1_000_000, 'x'));
    const lentBefore = pages.lentBytes;
    const wire = new LazyWire();
    let waits = 0;
    wire.drained = () => {
      waits += 1;
      return waits < 4 ? Promise.resolve() : Promise.reject(new WireFault('lost', 'lost the connection'));
    };
    const fault = await Promise.resolve(
      sendMessage(wire as unknown as Wire, message({ body: { ...body, path } }), 1_000),
    ).catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(WireFault);
    wire.pieces.forEach((_, piece) => wire.take(piece));
    expect(pages.lentBytes).to.equal(lentBefore);
  });
});

/** Takes what is written and has it until it is told that the network has it. */
class HoldingWire {
  readonly pieces: Buffer[] = [];
  /** One for each stretch. */
  readonly lefts: (() => void)[] = [];
  spoken = false;
  room: Promise<void> = Promise.resolve();

  write(data: Buffer, left?: () => void): void {
    this.pieces.push(data);
    if (left) this.lefts.push(left);
  }

  drained(): Promise<void> {
    return this.room;
  }
}

describe('sending a small message that needs no dot-stuffing', () => {
  const sent = (head: string, ...texts: readonly string[]): Buffer => {
    const wire = new HoldingWire();
    const body = { ...bodyOf(...texts), isTransparent: true };
    expect(sendMessage(wire as unknown as Wire, message({ head, body }), 1_000)).to.equal(true);
    expect(wire.pieces).to.have.length(1);
    return wire.pieces[0]!;
  };
  const pieces = ['', '\r', '\n', '\r\n', 'a', 'one.\r\n', 'ü', 'two .three\r\n\r\n'];
  const heads = ['', 'X: y\r\n', 'X: ü\r\n', 'X: y\r\n.Z: a\r\n', '.Z: a\r\n'];

  for (const head of heads)
    it(`puts fields, body and end into one piece, below ${JSON.stringify(head)}`, () => {
      for (const first of pieces)
        for (const second of pieces)
          expect(sent(head, first, second).toString(), JSON.stringify([first, second])).to.equal(
            dotStuff(Buffer.from(head + first + second)).toString(),
          );
    });
});

describe('sending a message in memory that is used again', () => {
  function lent(octets: Buffer, chunkBytes: number): { body: Body; holders: () => number } {
    let holders = 1;
    const loan = { hold: () => void (holders += 1), letGo: () => void (holders -= 1) };
    const chunks: Buffer[] = [];
    for (let at = 0; at < octets.length; at += chunkBytes) chunks.push(octets.subarray(at, at + chunkBytes));
    return { body: { ...bodyOf(octets), chunks, loan }, holders: () => holders };
  }

  const lines = (count: number): Buffer =>
    Buffer.from(
      Array.from({ length: count }, (_, line) => `${line % 7 === 0 ? '.' : ''}line ${line}\r\n`).join(''),
    );
  const send = (wire: HoldingWire, body: Body): boolean | Promise<boolean> =>
    sendMessage(wire as unknown as Wire, message({ head: 'X: y\r\n', body }), 1_000);
  const onTheWire = (octets: Buffer): Buffer => Buffer.concat([Buffer.from('X: y\r\n'), dotStuff(octets)]);

  it('writes it together, and holds it until the network has it', async () => {
    const wire = new HoldingWire();
    const octets = lines(10_000);
    const { body, holders } = lent(octets, 65_536);
    expect(await send(wire, body)).to.equal(true);
    expect(wire.lefts).to.have.length(1);
    expect(Buffer.concat(wire.pieces).equals(onTheWire(octets))).to.equal(true);
    expect(holders()).to.equal(2);
    for (const left of wire.lefts) left();
    expect(holders()).to.equal(1);
  });

  it('writes a large one in stretches, no further than the network takes it, and holds it until then', async () => {
    const wire = new HoldingWire();
    const octets = lines(200_000);
    const { body, holders } = lent(octets, 131_072);
    const room = event();
    wire.room = room.happened;
    const sending = send(wire, body);
    await Promise.resolve();
    expect(wire.lefts).to.have.length(1);
    expect(Buffer.concat(wire.pieces).length).to.be.within(500_000, 800_000);
    expect(holders()).to.equal(2);
    room.happen();
    expect(await sending).to.equal(true);
    expect(wire.lefts.length).to.be.within(3, 5);
    expect(Buffer.concat(wire.pieces).equals(onTheWire(octets))).to.equal(true);
    expect(holders()).to.equal(1 + wire.lefts.length);
    for (const left of wire.lefts) left();
    expect(holders()).to.equal(1);
  });

  it('does not send its end when the host speaks before, and lets go of what it had written', async () => {
    const wire = new HoldingWire();
    const { body, holders } = lent(lines(200_000), 131_072);
    wire.spoken = true;
    expect(await send(wire, body)).to.equal(false);
    expect(Buffer.concat(wire.pieces).length).to.be.below(800_000);
    for (const left of wire.lefts) left();
    expect(holders()).to.equal(1);
  });

  it('sends nothing when it is no longer there', () => {
    const wire = new HoldingWire();
    const { body } = lent(lines(10_000), 65_536);
    (body.chunks as Buffer[]).length = 0;
    expect(() => send(wire, body)).to.throw(BodyFault);
    expect(wire.pieces).to.deep.equal([]);
  });
});

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { letGo, readShared } from '@mailpair/shared/platform/fast/shared-read';
import { readSimple } from '@mailpair/shared/platform/fast/shared-read-simple';
import { cut } from '../../../support/cut.ts';
import { emptyNursery, finishMarking } from '../../../support/nursery.ts';

describe('reading into the shared buffer', () => {
  let server: Server;
  let client: Socket;
  let accepted: Socket;

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connection = once(server, 'connection') as Promise<[Socket]>;
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    [accepted] = await connection;
  });

  afterEach(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });

  /** Resolves with all of it when that many octets have come. */
  function reading(socket: Socket, sizeBytes: number): { isOurs: boolean; done: Promise<Buffer> } {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    let all: Buffer = Buffer.alloc(0);
    const isOurs = readShared(socket, (octets) => {
      all = Buffer.concat([all, octets]);
      if (all.length >= sizeBytes) resolve(all);
      return true;
    });
    return { isOurs, done: promise };
  }

  it('is what this Node does with a socket that was accepted, and with one that was connected', async () => {
    const here = reading(accepted, 200_000);
    const there = reading(client, 5);
    expect([here.isOurs, there.isOurs]).to.deep.equal([true, true]);
    const sent = Buffer.alloc(200_000, 'abcdefg');
    client.write(sent);
    accepted.write('hello');
    expect((await here.done).equals(sent)).to.equal(true);
    expect((await there.done).toString()).to.equal('hello');
  });

  /** All that a socket is sent, however it is read: `answers` says in turn whether reading goes on at once or in a later turn. */
  async function transferred(
    pieces: readonly Buffer[],
    answers: readonly boolean[],
    read: (socket: Socket, take: (octets: Buffer) => boolean) => unknown,
  ): Promise<Buffer> {
    const arrival = once(server, 'connection') as Promise<[Socket]>;
    const visitor = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = await arrival;
    const all: Buffer[] = [];
    read(socket, (octets) => {
      all.push(Buffer.from(octets));
      const goesOn = answers[all.length % answers.length] ?? true;
      if (!goesOn) setImmediate(() => socket.resume());
      return goesOn;
    });
    const ended = once(socket, 'end');
    for (const piece of pieces) await new Promise((resolve) => visitor.write(piece, resolve));
    visitor.end();
    await ended;
    socket.destroy();
    return Buffer.concat(all);
  }

  it('gives the octets that a stream gives, however they are cut and whenever it is stopped', async () => {
    const octets = fc.tuple(
      fc.uint8Array({ minLength: 1, maxLength: 300, size: 'max' }),
      fc.integer({ min: 1, max: 800 }),
    );
    const places = fc.array(fc.nat(240_000), { maxLength: 6 });
    const answers = fc.array(fc.boolean(), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(octets, places, answers, async ([pattern, count], places, answers) => {
        const sent = Buffer.alloc(pattern.length * count, pattern);
        const pieces = cut(sent, places);
        expect((await transferred(pieces, answers, readShared)).equals(sent)).to.equal(true);
        expect((await transferred(pieces, answers, readSimple)).equals(sent)).to.equal(true);
      }),
      { numRuns: 50 },
    );
  });

  it('says end and close as a stream does', async () => {
    expect(readShared(accepted, () => true)).to.equal(true);
    const ended = once(accepted, 'end');
    client.end('last words');
    await ended;
    const closed = once(accepted, 'close');
    accepted.end();
    await closed;
  });

  it('stops when told to, until the socket is resumed', async () => {
    const { promise: first, resolve: stopped } = Promise.withResolvers<void>();
    const { promise: second, resolve: resumed } = Promise.withResolvers<string>();
    let reads = 0;
    readShared(accepted, (octets) => {
      reads += 1;
      if (reads > 1) resumed(octets.toString());
      else stopped();
      return reads > 1;
    });
    client.write('one');
    await first;
    client.write('two');
    const [hello] = [once(client, 'data'), accepted.write('still here')];
    await hello;
    expect(reads).to.equal(1);
    accepted.resume();
    expect(await second).to.equal('two');
  });

  it('leaves sockets alone that are read as a stream: over TLS, or when something was put back into them', () => {
    accepted.unshift(Buffer.from('put back'));
    expect(readShared(accepted, () => true)).to.equal(false);
    const secure = new TLSSocket(client);
    secure.on('error', () => undefined);
    expect(readShared(secure, () => true)).to.equal(false);
    secure.destroy();
  });

  it('leaves nothing behind of who read a socket that is closed', async () => {
    const [sockets, heldBytes] = [200, 65_536];
    finishMarking();
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 1; n <= sockets; n += 1) {
      const arrival = once(server, 'connection') as Promise<[Socket]>;
      const visitor = connect((server.address() as AddressInfo).port, '127.0.0.1');
      const [socket] = await arrival;
      readAndHold(socket, Buffer.allocUnsafeSlow(heldBytes));
      const closed = once(socket, 'close');
      visitor.destroy();
      await closed;
      if (n % 10 === 0) emptyNursery();
    }
    emptyNursery();
    expect(process.memoryUsage().arrayBuffers - before).to.be.below((sockets * heldBytes) / 4);
  });

  function readAndHold(socket: Socket, held: Buffer): void {
    readShared(socket, (octets) => octets.length < held.length);
    socket.on('end', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => letGo(socket));
  }
});

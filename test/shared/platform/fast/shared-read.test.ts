import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { letGo, readShared } from '@mailpair/shared/platform/fast/shared-read';
import { emptyNursery } from '../../../support/nursery.ts';

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

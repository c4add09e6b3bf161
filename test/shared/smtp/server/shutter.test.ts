import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createShutter, type Shutter } from '@mailpair/shared/smtp/server/shutter';

/** What a client finds: the greeting, or how it was turned away. */
function knock(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (piece: Buffer) => {
      resolve(piece.toString());
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
}

describe('the shutter of a listening socket', () => {
  let server: Server;
  let port: number;
  let shutter: Shutter;
  let faults: string[];
  const sockets: Socket[] = [];

  beforeEach(async () => {
    faults = [];
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).write('220');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    shutter = createShutter(server, { port, host: '127.0.0.1' }, (error) => faults.push(error.code ?? ''));
  });
  afterEach(() => {
    shutter.stop();
    server.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  it('turns clients away until it is opened again', async () => {
    expect(await knock(port)).to.equal('220');
    shutter.shut();
    expect(await knock(port)).to.equal('ECONNREFUSED');
    const opened = once(server, 'listening');
    shutter.open();
    await opened;
    expect(await knock(port)).to.equal('220');
  });

  it('leaves the sessions there are alone', async () => {
    const client = connect(port, '127.0.0.1');
    await once(client, 'data');
    shutter.shut();
    await knock(port);
    sockets[0]!.write('still here');
    const [piece] = (await once(client, 'data')) as [Buffer];
    expect(piece.toString()).to.equal('still here');
    client.destroy();
  });

  it('stays shut when it is shut and opened and shut in one turn', async () => {
    shutter.shut();
    shutter.open();
    shutter.shut();
    await once(server, 'listening'); // the opening that is no longer wanted
    expect(await knock(port)).to.equal('ECONNREFUSED');
  });

  it('tells when another program took the port, and opens when that is gone', async () => {
    shutter.shut();
    const thief = createServer().listen(port, '127.0.0.1');
    await once(thief, 'listening');
    shutter.open();
    await once(server, 'error');
    expect(faults).to.deep.equal(['EADDRINUSE']);
    thief.close();
    await once(server, 'listening');
    expect(await knock(port)).to.equal('220');
  });

  it('is not opened any more once it is stopped', async () => {
    shutter.shut();
    shutter.stop();
    shutter.open();
    expect(await knock(port)).to.equal('ECONNREFUSED');
  });
});

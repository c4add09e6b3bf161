import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { afterEach, before, describe, it } from 'mocha';
import { parseDetours } from '@mailpair/planner/verify/detours';
import { knock } from '@mailpair/planner/verify/knock';
import type { Door } from '@mailpair/planner/verify/world';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';

const HOST = 'mx-in.example.com';

describe('knocking at port 25', () => {
  let pems: { cert: string; key: string };
  const servers: Server[] = [];
  const sockets: Socket[] = [];

  before(async () => {
    pems = await selfSigned([HOST]);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  /** What a server is found to be that treats each connection so. */
  async function knockAt(serve: (socket: Socket) => void): Promise<Door> {
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => socket.destroy());
      serve(socket);
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return knock({ host: HOST, address: '192.0.2.10' }, parseDetours([`${HOST}:25=127.0.0.1:${port}`]));
  }

  /** A server that says these replies, one to each command, the first as its greeting. */
  const saying =
    (...replies: readonly string[]) =>
    (socket: Socket): void => {
      const rest = [...replies];
      socket.write(rest.shift() ?? '');
      socket.on('data', () => void socket.write(rest.shift() ?? '500 what?\r\n'));
    };

  it('brings greeting and certificate, and says goodbye without sending mail', async () => {
    const said: string[] = [];
    const ended = Promise.withResolvers<void>();
    const door = await knockAt((socket) => {
      socket.write('220-mx-in.example.com\r\n220 ESMTP ready\r\n');
      const secure = (): void => {
        const context = createSecureContext(pems);
        const protectedSocket = new TLSSocket(socket, { isServer: true, secureContext: context });
        protectedSocket.on('error', () => undefined);
        protectedSocket.on('data', (chunk: Buffer) => said.push(chunk.toString()));
        protectedSocket.on('end', () => ended.resolve());
      };
      socket.on('data', (chunk: Buffer) => {
        said.push(chunk.toString());
        if (said.length === 1) socket.write('250-mx-in.example.com\r\n250-PIPELINING\r\n250 STARTTLS\r\n');
        else if (chunk.toString() === 'STARTTLS\r\n') {
          socket.removeAllListeners('data');
          socket.write('220 go ahead\r\n');
          secure();
        }
      });
    });
    if (door.kind !== 'answered' || door.tls.kind !== 'done') return expect.fail(JSON.stringify(door));
    expect(door.greeting).to.deep.equal({ code: 220, text: 'mx-in.example.com ESMTP ready' });
    expect(door.tls.chain.map((each) => each.checkHost(HOST))).to.deep.equal([HOST]);
    expect(door.tls.distrust).to.equal('it is self-signed');
    await ended.promise;
    expect(said).to.deep.equal(['EHLO [127.0.0.1]\r\n', 'STARTTLS\r\n', 'QUIT\r\n']);
  });

  it('tells a host without STARTTLS from one where it fails', async () => {
    const none = await knockAt(saying('220 mx ESMTP\r\n', '250 mx\r\n'));
    expect(none).to.deep.include({ kind: 'answered', tls: { kind: 'not-offered' } });
    const refuses = await knockAt(
      saying('220 mx ESMTP\r\n', '250-mx\r\n250 STARTTLS\r\n', '454 4.7.0 not now\r\n'),
    );
    expect(refuses).to.deep.include({ tls: { kind: 'failed', why: 'it answers 454 not now' } });
    const nonsense = await knockAt(
      saying('220 mx ESMTP\r\n', '250-mx\r\n250 STARTTLS\r\n', '220 go\r\n', 'no TLS at all\r\n'),
    );
    expect(nonsense.kind === 'answered' && nonsense.tls.kind).to.equal('failed');
  });

  it('asks no more of a host that refuses in its greeting', async () => {
    expect(await knockAt(saying('554 5.7.1 go away\r\n'))).to.deep.equal({
      kind: 'answered',
      greeting: { code: 554, text: '5.7.1 go away' },
      tls: { kind: 'not-asked' },
    });
  });

  it('knows nothing of a host that hangs up, speaks no SMTP, or is not there, and says how it failed', async () => {
    const whyOf = (door: Door): string =>
      door.kind === 'unknown' ? door.why : `known: ${JSON.stringify(door)}`;
    expect(whyOf(await knockAt((socket) => void socket.end()))).to.include('closes the connection');
    expect(whyOf(await knockAt(saying('HTTP/1.1 400 Bad Request\r\n')))).to.include(
      'does not respond with SMTP',
    );
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const gone = knock({ host: HOST, address: '192.0.2.10' }, parseDetours([`${HOST}:25=127.0.0.1:${port}`]));
    expect(whyOf(await gone)).to.include('refuses the connection');
  });
});

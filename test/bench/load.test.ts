import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { generate, type Load } from '../../bench/load/generator.ts';

const secureContext = selfSigned(['mx.hosted.example']).then((pair) => createSecureContext(pair));

const endIn = (input: string, inData: boolean): number => input.indexOf(inData ? '\r\n.\r\n' : '\r\n');

/** Answers whatever comes; `final` after the message. */
async function startServer(final = '250 ok'): Promise<{ port: number; server: Server; heard: string[] }> {
  const context = await secureContext;
  const heard: string[] = [];
  const serve = (socket: Socket): void => {
    let inData = false;
    let input = '';
    const take = (piece: Buffer): void => {
      input += piece.toString('latin1');
      for (let end = endIn(input, inData); end >= 0; end = endIn(input, inData)) {
        const said = input.slice(0, end);
        input = input.slice(end + (inData ? 5 : 2));
        heard.push(inData ? `message of ${said.length}` : said);
        if (said === 'STARTTLS') {
          socket.write('220 go\r\n');
          socket.off('data', take);
          return serve(new TLSSocket(socket, { isServer: true, secureContext: context }));
        }
        const reply = inData
          ? final
          : said === 'DATA'
            ? '354 go'
            : said === 'QUIT'
              ? '221 bye'
              : '250-a\r\n250 b';
        inData = said === 'DATA';
        socket.write(`${reply}\r\n`);
      }
    };
    socket
      .on('data', take)
      .on('error', () => undefined)
      .on('end', () => socket.end());
  };
  const server = createServer((socket) => {
    socket.write('220 hello\r\n');
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, server, heard };
}

const load: Load = {
  host: '127.0.0.1',
  messages: 4,
  sizeBytes: 4096,
  sessions: 2,
  connections: 'kept',
  tls: false,
  recipient: 'user@hosted.example',
  messageFile: null,
  isTimed: true,
};

describe('Our own generator of load', () => {
  let server: Server | undefined;
  afterEach((done) => {
    if (server) server.close(done);
    else done();
  });

  async function send(how: Partial<Load>, final?: string) {
    const started = await startServer(final);
    server = started.server;
    const report = await generate(started.port, { ...load, ...how });
    return { report, heard: started.heard };
  }

  const count = (heard: readonly string[], what: RegExp): number =>
    heard.filter((said) => what.test(said)).length;

  it('sends every message, of at least the size, and tells how long each took', async () => {
    const { report, heard } = await send({});
    expect(report?.acceptMs).to.have.lengthOf(4);
    expect(count(heard, /^message of [45]\d{3}$/)).to.equal(4);
    expect(count(heard, /^QUIT/)).to.equal(2);
  });

  it('opens a connection for each message where they are to be new', async () => {
    const { heard } = await send({ connections: 'new' });
    expect(count(heard, /^QUIT/)).to.equal(4);
  });

  it('begins TLS before it sends', async () => {
    const { report, heard } = await send({ tls: true, isTimed: false });
    expect(report?.acceptMs).to.have.lengthOf(4);
    expect(heard.slice(0, 3)).to.include('STARTTLS');
    expect(count(heard, /^EHLO/)).to.equal(4);
  });

  it('fails when a message is not taken, with the reply', async () => {
    const failure = await send({}, '451 not now').then(
      () => null,
      (error: unknown) => error as Error,
    );
    expect(failure?.message).to.include('451 not now');
  });
});

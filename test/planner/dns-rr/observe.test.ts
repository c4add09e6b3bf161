import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { judgeGreeting, loadIn, lookAt, type ObservedNode } from '@mailpair/planner/dns-rr/observe';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';

const MS = 2_000;

describe('a look at a node', () => {
  const open: Server[] = [];
  const sockets = new Set<Socket>();

  async function listen(server: Server): Promise<number> {
    open.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => socket.destroy())));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const greets = (text: string): Promise<number> => listen(createServer((socket) => socket.write(text)));

  const states = (health: unknown) => () => Promise.resolve(health);

  const look = (
    port: number,
    health: ObservedNode['health'] = null,
    addresses = ['127.0.0.1'],
    timeoutMs = MS,
  ) => lookAt({ listeners: addresses.map((host) => ({ host, port })), health }, timeoutMs);

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of open.splice(0)) server.close();
  });

  it('finds it alive when it greets, with the load that it states', async () => {
    const health = states({ load: { value: 0.25, parts: { sessions: 0.25 } } });
    expect(await look(await greets('220 mx.example.com ESMTP\r\n'), health)).to.deep.equal({
      answers: ['yes'],
      said: ['220 mx.example.com ESMTP'],
      load: 0.25,
      draining: null,
      noLoad: null,
    });
  });

  it('says QUIT after the greeting', async () => {
    const said = Promise.withResolvers<string>();
    const port = await listen(
      createServer((socket) => {
        socket.write('220 mx.example.com\r\n');
        socket.on('data', (piece: Buffer) => said.resolve(piece.toString()));
      }),
    );
    await look(port);
    expect(await said.promise).to.equal('QUIT\r\n');
  });

  it('finds it alive and full when it greets with 4xx', async () => {
    const health = states({ load: { value: 0.25 } });
    const { answers, load } = await look(await greets('421 4.3.2 Busy\r\n'), health);
    expect([answers, load]).to.deep.equal([['yes'], 1]);
  });

  it('finds it alive and full when its port is closed and its gateway answers', async () => {
    const { answers, load, said } = await look(1, states({ load: { value: 0.97 } }));
    expect([answers, load]).to.deep.equal([['yes'], 1]);
    expect(said).to.deep.equal(['ECONNREFUSED, but its gateway answers: full']);
  });

  it('finds it dead when it hangs, though its gateway answers', async () => {
    const silent = await listen(createServer(() => undefined));
    const { answers } = await look(silent, states({ load: { value: 0.1 } }), undefined, 50);
    expect(answers).to.deep.equal(['no']);
  });

  it('finds out whether it drains', async () => {
    const port = await greets('220 mx.example.com\r\n');
    for (const draining of [true, false])
      expect(await look(port, states({ draining }))).to.include({ draining });
    expect(await look(port, states({ draining: 'yes' }))).to.include({ draining: null });
  });

  it('goes by the greeting when the load cannot be had, and says why', async () => {
    const port = await greets('220 mx.example.com\r\n');
    expect(await look(port)).to.include({ load: null, noLoad: 'it has no url' });
    const { answers, load, noLoad } = await look(port, () => Promise.reject(new Error('nobody is there')));
    expect([answers, load]).to.deep.equal([['yes'], null]);
    expect(noLoad).to.equal('nobody is there');
    expect((await look(port, states({ ready: true }))).noLoad).to.equal('it states no load');
  });

  it('finds no answer where nobody listens, nobody speaks, or somebody hangs up', async () => {
    expect(await look(1)).to.deep.include({ answers: ['no'], said: ['ECONNREFUSED'] });
    const silent = await listen(createServer(() => undefined));
    expect(await look(silent, null, undefined, 50)).to.deep.include({
      answers: ['no'],
      said: ['no greeting within 50 ms'],
    });
    const ending = await listen(createServer((socket) => socket.end()));
    expect(await look(ending)).to.deep.include({ answers: ['no'], said: ['closed without a greeting'] });
  });

  it('looks at every address by itself', async () => {
    const port = await greets('220 mx.example.com\r\n');
    expect((await look(port, null, ['127.0.0.1', '127.0.0.2'])).answers).to.deep.equal(['yes', 'no']);
  });
});

describe('a greeting', () => {
  for (const [text, answer, busy] of [
    ['220 mx ESMTP\r\n', 'yes', false],
    ['220-mx\r\n220 ESMTP\r\n', 'yes', false],
    ['421 4.3.2 too many\r\n', 'yes', true],
    ['554 no mail here\r\n', 'no', false],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'no', false],
    ['2200 \r\n', 'no', false],
  ] as const)
    it(`${JSON.stringify(text)} says ${answer}${busy ? ', and busy' : ''}`, () => {
      expect(judgeGreeting(text)).to.include({ answer, busy });
    });
});

describe('the load in the details of a node', () => {
  it('is bounded to 0 and 1, and nothing else is one', () => {
    expect([0.4, -1, 7].map((value) => loadIn({ load: { value } }))).to.deep.equal([0.4, 0, 1]);
    for (const health of [null, 'x', {}, { load: null }, { load: 0.4 }, { load: { value: '0.4' } }])
      expect(loadIn(health)).to.equal(null);
  });
});

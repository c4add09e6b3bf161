/** One session of a sender, with servers that go wrong at every point. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { behaviours } from '@mailpair/proving/loopback/behaviour';
import { deliver, type Delivered } from '@mailpair/proving/loopback/delivery';
import { openSender } from '@mailpair/proving/loopback/sender';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';

const OCTETS = Buffer.from('Subject: x\r\n\r\n.dot\r\n');
const CALLER = { name: 'sender1.rehearsal.test', localAddress: '127.0.0.1' };
const TO = ['anna@example.com', 'bert@example.com'];

/** By the word that is answered, the reply, or 'close'; everything else is taken. */
type Script = Readonly<Record<string, string>>;

describe('a simulated sender', () => {
  const closers: (() => void)[] = [];
  afterEach(() => closers.splice(0).forEach((close) => close()));

  async function serverWith(script: Script): Promise<{ port: number; heard: string[] }> {
    const heard: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      let inMessage = false;
      const say = (word: string, usual: string): void => {
        const reply = script[word] ?? usual;
        if (reply === 'close') socket.destroy();
        else socket.write(`${reply}\r\n`);
      };
      socket
        .on('error', () => undefined)
        .on('data', (piece: Buffer) => {
          const lines = piece.toString().split('\r\n').slice(0, -1);
          for (const line of lines) {
            heard.push(line);
            if (inMessage && line !== '.') continue;
            if (line === '.') say('.', '250 OK');
            else
              say(
                line.startsWith('RCPT') ? line : line.slice(0, 4),
                line === 'DATA' ? '354 Go' : '250-more\r\n250 OK',
              );
            inMessage = line === 'DATA' && !script['DATA'];
          }
        });
      say('greeting', '220-two\r\n220 lines');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    });
    return { port: (server.address() as AddressInfo).port, heard };
  }

  async function deliverTo(script: Script): Promise<Delivered & { readonly heard: readonly string[] }> {
    const { port, heard } = await serverWith(script);
    const envelope = { from: 'carl@example.net', to: TO };
    return { ...(await deliver({ address: '127.0.0.1', port }, CALLER, envelope, OCTETS)), heard };
  }

  it('delivers, with dots doubled', async () => {
    const { accepted, refused, trouble, wasLetIn, heard } = await deliverTo({});
    expect({ accepted, refused: refused.size, trouble, wasLetIn }).to.deep.equal({
      accepted: TO,
      refused: 0,
      trouble: undefined,
      wasLetIn: true,
    });
    expect(heard).to.include('..dot');
  });

  for (const [script, trouble, wasLetIn] of [
    [{ greeting: 'close' }, 'closed', false],
    [{ greeting: '421 busy' }, 'greeting 4xx', false],
    [{ greeting: '554 no' }, 'greeting 5xx', false],
    [{ EHLO: '451 no' }, 'hello 4xx', false],
    [{ EHLO: 'close' }, 'lost', false],
    [{ MAIL: '451 no' }, 'mail 4xx', true],
    [{ MAIL: 'close' }, 'lost', true],
    [{ 'RCPT TO:<anna@example.com>': '450 no', 'RCPT TO:<bert@example.com>': '450 no' }, 'rcpt 4xx', true],
    [{ DATA: '451 no' }, 'message 4xx', true],
    [{ '.': '452 full' }, 'message 4xx', true],
    [{ '.': 'close' }, 'unanswered', true],
  ] as const satisfies readonly (readonly [Script, Delivered['trouble'], boolean])[])
    it(`calls ${JSON.stringify(script)} "${trouble}"`, async () => {
      expect(await deliverTo(script)).to.deep.include({ accepted: [], trouble, wasLetIn });
    });

  it('calls it refused when nobody listens', async () => {
    const { port } = await serverWith({});
    closers.splice(0).forEach((close) => close());
    const to = { address: '127.0.0.1', port };
    expect(await deliver(to, CALLER, { from: '', to: TO }, OCTETS)).to.include({ trouble: 'refused' });
  });

  it('takes 5xx for the end, of a recipient or of all', async () => {
    const one = await deliverTo({ 'RCPT TO:<anna@example.com>': '550 nobody' });
    expect(one).to.deep.include({ accepted: ['bert@example.com'], wasLetIn: true });
    expect([...one.refused]).to.deep.equal([['anna@example.com', '550 nobody']]);
    for (const word of ['MAIL', 'DATA', '.'])
      expect([...(await deliverTo({ [word]: '554 spam' })).refused.keys()], word).to.deep.equal(TO);
  });

  /** A message to two MX hosts, of which the first is as scripted; what becomes of it, and who took it. */
  async function send(kind: 'postfix' | 'exim' | 'qmail' | 'spammer', first: Script, compression = 1) {
    const [primary, second] = [await serverWith(first), await serverWith({})];
    const hostAt = (port: number, role: 'inbound' | 'outbound', preference: number) => ({
      address: '127.0.0.1',
      port,
      role,
      preference,
    });
    const hosts = [hostAt(primary.port, 'inbound', 10), hostAt(second.port, 'outbound', 20)];
    const sender = openSender({ kind, caller: CALLER, hosts: async () => hosts, compression });
    closers.push(() => sender.close());
    sender.send({
      id: 'm1',
      from: 'carl@example.net',
      to: [TO[0]!],
      sizeBytes: 500,
      slot: 'steady',
      direction: 'in',
      unknown: [],
    });
    return { sender, sent: sender.sent[0]!, primary };
  }
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('like Postfix goes to the second host after 450 at RCPT', async () => {
    const { sender, sent } = await send('postfix', { [`RCPT TO:<${TO[0]}>`]: '450 later' });
    await until(() => sender.open === 0);
    expect([...sent.accepted.values()]).to.deep.equal(['outbound']);
  });

  it('like qmail waits after 421, and comes back to the first host', async () => {
    const script: { [word: string]: string } = { greeting: '421 busy' };
    const { sender, sent, primary } = await send('qmail', script, 10_000);
    await until(() => primary.heard.includes('QUIT'));
    delete script['greeting'];
    await until(() => sender.open === 0);
    expect([...sent.accepted.values()]).to.deep.equal(['inbound']);
  });

  it('like Exim bounces after a 5xx greeting', async () => {
    const { sender, sent } = await send('exim', { greeting: '554 no' });
    await until(() => sender.open === 0);
    expect(sent.refused.get(TO[0]!)).to.include('greeting 5xx');
  });

  it('of spam begins with the second host, and gives up what is put off', async () => {
    const { sender, sent } = await send('spammer', {});
    await until(() => sender.open === 0);
    expect([...sent.accepted.values()]).to.deep.equal(['outbound']);
    expect(behaviours.spammer.after('rcpt 4xx')).to.equal('later');
  });

  it('notes that a session broke after the final dot', async () => {
    const { sender, sent } = await send('postfix', { '.': 'close' });
    await until(() => sender.open === 0);
    expect(sent.unanswered).to.equal(1);
    expect([...sent.accepted.values()]).to.deep.equal(['outbound']);
  });
});

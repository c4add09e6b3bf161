import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { expect } from 'chai';
import { Wire, WireFault } from '@mailpair/shared/smtp/client/wire';
import type { Reply } from '@mailpair/shared/platform/values/reply';
import { event } from './fixtures.ts';

const LONG = 30_000;
const MORE_THAN_A_SOCKET_TAKES = 64_000_000;

describe('the wire', () => {
  let server: Server;
  let host: Socket;
  let wire: Wire;

  beforeEach(async () => {
    server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [[peer]] = (await Promise.all([once(server, 'connection'), once(socket, 'connect')])) as [
      [Socket],
      unknown,
    ];
    host = peer;
    host.on('error', () => undefined).resume();
    wire = new Wire(socket);
  });

  afterEach(async () => {
    wire.destroy();
    host.destroy();
    server.close();
    await once(server, 'close');
  });

  async function faultOf(waiting: Promise<unknown>): Promise<WireFault> {
    try {
      await waiting;
    } catch (error) {
      expect(error).to.be.instanceOf(WireFault);
      return error as WireFault;
    }
    return expect.fail('no fault');
  }

  it('sends what is written in a turn in one piece', async () => {
    const chunks: string[] = [];
    host.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
    const left: string[] = [];
    for (const text of ['MAIL\r\n', 'RCPT\r\n', 'DATA\r\n']) wire.write(text, () => left.push(text));
    await once(host, 'data');
    expect(chunks).to.deep.equal(['MAIL\r\nRCPT\r\nDATA\r\n']);
    expect(left).to.deep.equal(['MAIL\r\n', 'RCPT\r\n', 'DATA\r\n']);
    wire.write('x\r\n');
    await once(host, 'data');
    expect(chunks.at(-1)).to.equal('x\r\n');
  });

  it('sends at once when it is told to, or asked whether the network has taken it', async () => {
    let said = '';
    host.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(host, 'end');
    wire.write('one\r\n');
    wire.sendNow();
    wire.write('two\r\n');
    await wire.drained(LONG);
    wire.write('three\r\n');
    void wire.close();
    await ended;
    expect(said).to.equal('one\r\ntwo\r\nthree\r\nQUIT\r\n');
  });

  it('lets go of what is never sent', async () => {
    const lost = new Promise<void>((resolve) => wire.write('MAIL\r\n', resolve));
    wire.destroy();
    await lost;
  });

  it('reads as many replies as are asked for', async () => {
    host.write('250 one\r\n250 two\r\n');
    const replies: Reply[] = [];
    await wire.read(replies, 2, LONG);
    expect(replies.map(({ text }) => text)).to.deep.equal(['one', 'two']);
  });

  it('keeps the replies that came before a fault', async () => {
    host.end('250 one\r\n');
    const replies: Reply[] = [];
    const fault = await faultOf(wire.read(replies, 2, LONG));
    expect([replies.length, fault.kind]).to.deep.equal([1, 'lost']);
    expect(wire.usable).to.equal(false);
  });

  it('stops reading at 421', async () => {
    host.write('421 4.3.2 Closing\r\n');
    const replies: Reply[] = [];
    await wire.read(replies, 3, LONG);
    expect(replies).to.have.length(1);
  });

  it('gives each reply its own time', async () => {
    const replies: Reply[] = [];
    const reading = wire.read(replies, 3, 600);
    for (const _ of [1, 2, 3]) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      host.write('250 OK\r\n');
    }
    await reading;
    expect(replies).to.have.length(3);
  });

  it('fails when a reply takes too long, and every time after that', async () => {
    expect((await faultOf(wire.read([], 1, 10))).kind).to.equal('timeout');
    expect((await faultOf(wire.read([], 1, LONG))).kind).to.equal('timeout');
  });

  it('fails at the deadline although the step has time left', async () => {
    wire.setDeadline(performance.now() + 10);
    expect((await faultOf(wire.read([], 1, LONG))).kind).to.equal('timeout');
  });

  it('takes a shorter time after a longer one', async () => {
    const first: Reply[] = [];
    host.write('250 OK\r\n');
    await wire.read(first, 1, LONG);
    expect((await faultOf(wire.read([], 1, 10))).kind).to.equal('timeout');
  });

  it('fails when the host floods it with replies', async () => {
    const replies: Reply[] = [];
    host.write('250 x\r\n'.repeat(1_000));
    await wire.read(replies, 1, LONG);
    expect((await faultOf(wire.during(new Promise(() => undefined)))).message).to.include('no command');
  });

  it('is not fooled by replies while something else is waited for', async () => {
    const other = event<string>();
    const waiting = wire.during(other.happened);
    host.write('250 unasked\r\n');
    while (!wire.spoken) await new Promise((resolve) => setImmediate(resolve));
    other.happen('done');
    expect(await waiting).to.equal('done');
    expect(wire.usable).to.equal(false);
  });

  it('waits until the network has taken what was written', async () => {
    host.pause();
    wire.write(Buffer.alloc(MORE_THAN_A_SOCKET_TAKES));
    let drained = false;
    const draining = wire.drained(LONG).then(() => (drained = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(drained).to.equal(false);
    host.resume();
    await draining;
  });

  it('waits no longer for the network when the host speaks', async () => {
    host.pause();
    wire.write(Buffer.alloc(MORE_THAN_A_SOCKET_TAKES));
    const draining = wire.drained(LONG);
    host.write('552 5.3.4 Enough\r\n');
    await draining;
    expect(wire.spoken).to.equal(true);
  });

  it('ends its rest once, when the time is over', async () => {
    const gone = event();
    let count = 0;
    wire.rest(10, () => {
      count += 1;
      gone.happen();
    });
    await gone.happened;
    host.end();
    await wire.close();
    expect(count).to.equal(1);
  });

  it('does not carry the time of a rest into what follows', async () => {
    wire.rest(10, () => expect.fail('gone'));
    wire.wakeUp();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(wire.usable).to.equal(true);
  });

  it('says at once that it is gone when it rests after its end', async () => {
    host.end();
    await faultOf(wire.read([], 1, LONG));
    let gone = false;
    wire.rest(LONG, () => (gone = true));
    expect(gone).to.equal(true);
  });
});

import { createConnection } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { askWithWeight, composeAgentLine } from '@mailpair/shared/gateway/pair/agent-line';
import { openAgent } from '@mailpair/shared/gateway/pair/agent';
import { headroomOf, type Standing } from '@mailpair/shared/gateway/pair/headroom';
import type { Load } from '@mailpair/shared/gateway/pair/load';

const loadOf = (parts: Record<string, number>): Load => ({
  value: Math.max(0, ...Object.values(parts)),
  parts,
});
const standing = (overrides: Partial<Standing> = {}): Standing => ({
  draining: false,
  notReady: [],
  load: loadOf({ eventLoop: 0.37, disk: 0.1 }),
  isFull: false,
  ...overrides,
});

async function ask(port: number, said = ''): Promise<string> {
  const socket = createConnection({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.write(said);
  let answer = '';
  for await (const piece of socket) answer += String(piece);
  return answer;
}

describe('the answer to an agent check', () => {
  it('is the full triple while all is well', () => {
    expect(composeAgentLine(standing())).to.equal('up ready 63%\n');
  });

  it('is drain while the gateway drains, whatever else is wrong', () => {
    expect(composeAgentLine(standing({ draining: true, notReady: ['no disk'] }))).to.equal('drain\n');
  });

  it('is down with the reasons when no mail is taken', () => {
    expect(composeAgentLine(standing({ notReady: ['no disk', 'a\r\nb'] }))).to.equal('down #no disk, a b\n');
  });

  it('is the least weight while another node has room and this one has none, though its sessions alone fill it', () => {
    const full = standing({ load: loadOf({ sessions: 0.95, sync: 0.2 }), isFull: true });
    expect(composeAgentLine(full)).to.equal('up ready 1%\n');
  });

  it('is never so little that HAProxy makes it a drain, by the weight that HAProxy tells', () => {
    const busy = standing({ load: loadOf({ eventLoop: 0.995 }) });
    const leastFor = (weight: number): string => composeAgentLine(busy, askWithWeight(weight));
    expect(leastFor(256)).to.equal('up ready 1%\n');
    expect(leastFor(64)).to.equal('up ready 2%\n');
    expect(leastFor(3)).to.equal('up ready 34%\n');
    expect(leastFor(1)).to.equal('up ready 100%\n');
    expect(composeAgentLine({ ...busy, isFull: true }, askWithWeight(50))).to.equal('up ready 2%\n');
    expect(composeAgentLine(standing(), askWithWeight(64))).to.equal('up ready 63%\n');
    for (let weight = 1; weight <= 256; weight += 1) {
      const percent = Number(/(\d+)%/.exec(leastFor(weight))![1]);
      expect(Math.floor((weight * percent) / 100), String(weight)).to.be.at.least(1);
    }
  });

  it('takes what it does not understand for the usual weight', () => {
    for (const asked of ['', 'in1', 'weight=', 'weight=0x9', 'weight=99999', 'weight=-3'])
      expect(composeAgentLine(standing({ isFull: true }), asked), asked).to.equal('up ready 1%\n');
    expect(composeAgentLine(standing({ isFull: true }), 'weight=0')).to.equal('up ready 100%\n');
  });

  it('leaves out the sessions, which HAProxy counts itself', () => {
    expect(composeAgentLine(standing({ load: loadOf({ sessions: 0.9, sync: 0.2 }) }))).to.equal(
      'up ready 80%\n',
    );
  });

  it('is always one line with a weight from 1 to 100', () => {
    const parts = fc.dictionary(fc.string(), fc.double({ min: -1, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(parts, (each) => {
        const [, weight] =
          /^up ready (\d+)%\n$/.exec(composeAgentLine(standing({ load: loadOf(each) }))) ?? [];
        expect(Number(weight)).to.be.within(1, 100);
      }),
    );
    expect(headroomOf(loadOf({}))).to.equal(100);
    expect(headroomOf(loadOf({ a: 1 }))).to.equal(1);
  });
});

describe('the agent', () => {
  it('answers every connection with the line of the moment and closes it', async () => {
    let count = 0;
    const agent = await openAgent({ host: '127.0.0.1', port: 0 }, () => `up ready ${(count += 1)}%\n`);
    expect(await ask(agent.address.port)).to.equal('up ready 1%\n');
    expect(await ask(agent.address.port, 'in1\n')).to.equal('up ready 2%\n');
    await agent.close();
  });

  it('hears what it is asked with, in pieces too, and no more than a line', async () => {
    const agent = await openAgent(
      { host: '127.0.0.1', port: 0 },
      (_asker, asked) => `${asked.length} ${asked}\n`,
    );
    expect(await ask(agent.address.port, 'weight=64\nmore')).to.equal('9 weight=64\n');
    expect(await ask(agent.address.port, 'x'.repeat(5_000))).to.match(/^\d+ x+\n$/);
    const socket = createConnection({ host: '127.0.0.1', port: agent.address.port, noDelay: true });
    socket.write('weight');
    setImmediate(() => socket.write('=7\n'));
    let answer = '';
    for await (const piece of socket) answer += String(piece);
    expect(answer).to.equal('8 weight=7\n');
    await agent.close();
  });

  it('answers who says at once that nothing more comes', async () => {
    const agent = await openAgent({ host: '127.0.0.1', port: 0 }, () => 'drain\n');
    const socket = createConnection({ host: '127.0.0.1', port: agent.address.port }).end();
    let answer = '';
    for await (const piece of socket) answer += String(piece);
    expect(answer).to.equal('drain\n');
    await agent.close();
  });

  it('closes while a client holds on', async () => {
    const agent = await openAgent({ host: '127.0.0.1', port: 0 }, () => 'drain\n');
    const client = createConnection({ ...agent.address, allowHalfOpen: true });
    await once(client, 'connect');
    client.on('error', () => undefined).resume();
    await once(client, 'end');
    await agent.close();
    client.destroy();
  });

  it('names its address when it cannot listen', async () => {
    const agent = await openAgent({ host: '127.0.0.1', port: 0 }, () => '');
    const again = await openAgent(agent.address, () => '').catch(
      (error: unknown) => (error as Error).message,
    );
    expect(again).to.match(
      /^the agent for HAProxy cannot listen at 127\.0\.0\.1:\d+: another program listens there already/,
    );
    await agent.close();
  });
});

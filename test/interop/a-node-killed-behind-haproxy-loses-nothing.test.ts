/** Real HAProxy, configured as we print it, before two inbound nodes: who the clients are, and what a kill costs. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { countMail, type Kill } from '../support/ledger.ts';
import { composeMessage, type TestMessage } from '../support/messages.ts';
import { freePorts } from '../support/ports.ts';
import { openSenders } from '../support/senders.ts';
import { SmtpClient, type Target } from '../support/smtp-client.ts';
import { NODES, openBalancedNodes, type BalancedNodes } from './balanced-nodes.ts';
import { printFigures } from './figures.ts';
import { startHaproxy, type HaproxyProcess } from './haproxy-process.ts';
import { needProgram } from './programs.ts';

const BACKEND = 'inbound_mx_25';
/** Each at another moment between two checks. */
const HANGS = 3;
const isUp = ({ status }: { status: string }): boolean => status === 'UP';

const message = (): TestMessage =>
  composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });

describe('HAProxy before two inbound nodes', () => {
  let balanced: BalancedNodes;
  let haproxy: HaproxyProcess;
  let front: Target;

  before(async function () {
    const path = needProgram(this, 'haproxy');
    balanced = await openBalancedNodes();
    const [port] = (await freePorts(1)) as [number];
    front = { host: '127.0.0.1', port };
    const { directory } = balanced;
    const config = balanced.balancer('haproxy');
    haproxy = await startHaproxy({ path, directory, config, binds: { 25: `127.0.0.1:${port}` } });
    await haproxy.until(BACKEND, (servers) => servers.every(isUp));
  });

  after(async () => {
    await (haproxy as HaproxyProcess | undefined)?.close();
    await (balanced as BalancedNodes | undefined)?.close();
  });

  async function send(localAddress: string): Promise<TestMessage> {
    const client = await SmtpClient.greet({ ...front, localAddress });
    const sent = message();
    await client.say(`MAIL FROM:<${sent.from}>`);
    await client.say(`RCPT TO:<${sent.to[0]}>`);
    expect((await client.data(sent.octets)).code).to.equal(250);
    await client.quit();
    return sent;
  }

  it('the nodes log their clients, and write them into Received', async () => {
    for (const address of ['127.3.0.1', '127.3.0.2', '127.3.0.3', '127.3.0.4']) {
      const { id } = await send(address);
      const delivery = balanced.local.deliveries.find((each) => each.id === id);
      const [, node = ''] = /by (in\d\.example\.com) /.exec(delivery?.head ?? '') ?? [];
      expect(delivery?.head).to.include(`[${address}]`);
      const gateway = balanced.nodes[NODES.indexOf(node as (typeof NODES)[number])];
      const line = await gateway?.until(
        ({ event, client }) => event === 'message.relayed' && client === address,
      );
      expect(line).to.include({ client: address });
    }
    const taken = await haproxy.servers(BACKEND);
    expect(taken.map(({ connections }) => connections)).to.deep.equal([2, 2]);
  });

  it('health checks leave no trace in the log of a node', () => {
    for (const { log } of balanced.nodes) {
      const events = new Set(log.map(({ event }) => event));
      for (const event of ['session.refused', 'session.fault', 'session.turned-away'])
        expect(events, event).not.to.include(event);
    }
  });

  it('a stranger who comes to a node directly is turned away and logged', async () => {
    const host = '127.0.0.11';
    const client = await SmtpClient.connect({ host, port: balanced.port, localAddress: '127.3.0.9' });
    await client.closed;
    const line = await balanced.nodes[0].until(({ event }) => event === 'session.turned-away');
    expect(line).to.include({ peer: '127.3.0.9', reason: 'not a trusted balancer' });
  });

  it('a node that drains gets no new clients and finishes what it has', async () => {
    const clients = [await SmtpClient.greet(front), await SmtpClient.greet(front)];
    const said = await Promise.all(
      clients.map(async (client) => {
        await client.say('MAIL FROM:<a@sender.test>');
        await client.say('RCPT TO:<anna@example.com>');
        return client.say('DATA');
      }),
    );
    expect(said.map(({ code }) => code)).to.deep.equal([354, 354]);
    const stopped = balanced.nodes[0].stop();
    const afterMs = await haproxy.until(BACKEND, ([first]) => first!.status.startsWith('DRAIN'));
    printFigures(`drained ${afterMs.toFixed(0)} ms after SIGTERM`);
    for (const client of clients) expect((await client.say('Subject: x\r\n\r\nx\r\n.')).code).to.equal(250);
    for (const client of clients) client.destroy();
    expect(await stopped).to.equal(0);
    await balanced.nodes[0].start();
    await haproxy.until(BACKEND, (servers) => servers.every(isUp));
  });

  it('a node that hangs is out within 5 s, and is back when it goes on', async () => {
    const [node] = balanced.nodes;
    const downAfterMs: number[] = [];
    for (let round = 0; round < HANGS; round += 1) {
      node.signal('SIGSTOP');
      try {
        downAfterMs.push(await haproxy.until(BACKEND, ([first]) => first!.status.startsWith('DOWN')));
      } finally {
        node.signal('SIGCONT');
      }
      await haproxy.until(BACKEND, (servers) => servers.every(isUp));
    }
    printFigures(`hung, out after ${downAfterMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    expect(Math.max(...downAfterMs)).to.be.below(5_000);
  });

  it('a node killed with -9 is out within two checks, and nothing is lost', async () => {
    const senders = openSenders({ targets: () => [front], parallel: 16, retryMs: 50 });
    const kills: Kill[] = [];
    const messages = Array.from({ length: 1_000 }, message);
    senders.send(...messages);
    while (senders.accepted < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    kills.push({ host: NODES[0], at: Date.now() });
    await balanced.nodes[0].kill9();
    const downAfterMs = await haproxy.until(BACKEND, ([first]) => first!.status.startsWith('DOWN'));
    await senders.idle();
    await balanced.nodes[0].start();
    const upAfterMs = await haproxy.until(BACKEND, (servers) => servers.every(isUp));
    await balanced.local.until((deliveries) => {
      const there = new Set(deliveries.map(({ id }) => id));
      return messages.every(({ id }) => there.has(id));
    });
    senders.close();
    const { accepted, lost, duplicated, cutOff, faults } = countMail(
      senders.sent,
      balanced.local.deliveries,
      kills,
    );
    const broken = senders.sent.reduce((sum, { deferrals }) => sum + deferrals, 0);
    printFigures(
      `${accepted} accepted, ${lost} lost, ${duplicated} duplicated, ${cutOff} twice for a session cut off, ` +
        `${broken} attempts broken; out after ${downAfterMs.toFixed(0)} ms, back ${upAfterMs.toFixed(0)} ms after its start`,
    );
    expect(faults).to.deep.equal([]);
    expect({ accepted, lost, duplicated }).to.deep.equal({ accepted: 1_000, lost: 0, duplicated: 0 });
    // Two checks, at most a second apart, and the machine's own time.
    expect(downAfterMs).to.be.below(5_000);
  });
});

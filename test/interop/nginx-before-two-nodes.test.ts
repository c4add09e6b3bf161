/** Real nginx, configured as we print it, before two inbound nodes: who the clients are, a drain, and what a kill costs. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { countMail } from '../support/ledger.ts';
import { composeMessage, type TestMessage } from '../support/messages.ts';
import { freePorts } from '../support/ports.ts';
import { openSenders } from '../support/senders.ts';
import { SmtpClient, type Target } from '../support/smtp-client.ts';
import { NODES, openBalancedNodes, type BalancedNodes } from './balanced-nodes.ts';
import { printFigures } from './figures.ts';
import { startNginx, type NginxProcess } from './nginx-process.ts';
import { needProgram } from './programs.ts';

const message = (): TestMessage =>
  composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });

describe('nginx before two inbound nodes', () => {
  let balanced: BalancedNodes;
  let nginx: NginxProcess;
  let front: Target;

  before(async function () {
    const path = needProgram(this, 'nginx');
    balanced = await openBalancedNodes();
    const [port] = (await freePorts(1)) as [number];
    front = { host: '127.0.0.1', port };
    const { directory } = balanced;
    const config = balanced.balancer('nginx');
    nginx = await startNginx({ path, directory, config, binds: { 25: `127.0.0.1:${port}` } });
  });

  after(async () => {
    await (nginx as NginxProcess | undefined)?.close();
    await (balanced as BalancedNodes | undefined)?.close();
  });

  /** A session that has said its recipient, and the node that has it. */
  async function open(localAddress = '127.3.0.1'): Promise<{ client: SmtpClient; node: string }> {
    const client = await SmtpClient.greet({ ...front, localAddress });
    const [, node = ''] = /(in\d\.example\.com)/.exec((await client.greeting).text) ?? [];
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    return { client, node };
  }

  it('the nodes learn who the clients are, and share them evenly', async () => {
    const addresses = ['127.3.0.1', '127.3.0.2', '127.3.0.3', '127.3.0.4'];
    const sessions: Awaited<ReturnType<typeof open>>[] = [];
    for (const address of addresses) sessions.push(await open(address));
    const nodes = sessions.map(({ node }) => node);
    expect(nodes.toSorted()).to.deep.equal([NODES[0], NODES[0], NODES[1], NODES[1]]);
    for (const [i, { client, node }] of sessions.entries()) {
      const { id, octets } = message();
      expect((await client.data(octets)).code).to.equal(250);
      await client.quit();
      const delivery = balanced.local.deliveries.find((each) => each.id === id);
      expect(delivery?.head).to.include(`[${addresses[i]}]`).and.include(`by ${node}`);
    }
  });

  it('a drained node finishes its sessions and gets no new ones', async () => {
    const sessions = [await open(), await open(), await open(), await open()];
    expect(sessions.map(({ node }) => node)).to.include(NODES[0]);
    await nginx.reload(balanced.balancer('nginx', '--drain', NODES[0]));
    for (let i = 0; i < 4; i += 1) {
      const { client, node } = await open();
      expect(node).to.equal(NODES[1]);
      await client.quit();
    }
    for (const { client } of sessions) {
      expect((await client.data(message().octets)).code).to.equal(250);
      await client.quit();
    }
    await nginx.reload(balanced.balancer('nginx'));
  });

  it('a node killed with -9 loses nothing, and no client is turned away that comes later', async () => {
    const senders = openSenders({ targets: () => [front], parallel: 16, retryMs: 50 });
    const messages = Array.from({ length: 600 }, message);
    senders.send(...messages);
    while (senders.accepted < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    const kills = [{ host: NODES[0], at: Date.now() }];
    await balanced.nodes[0].kill9();
    await senders.idle();
    const broken = senders.sent.reduce((sum, { deferrals }) => sum + deferrals, 0);
    for (let i = 0; i < 20; i += 1) {
      const { client, node } = await open();
      expect(node).to.equal(NODES[1]);
      await client.quit();
    }
    await balanced.nodes[0].start();
    await balanced.local.until((deliveries) => {
      const there = new Set(deliveries.map(({ id }) => id));
      return messages.every(({ id }) => there.has(id));
    });
    senders.close();
    const { deliveries } = balanced.local;
    const { accepted, lost, duplicated, faults } = countMail(senders.sent, deliveries, kills);
    printFigures(`${accepted} accepted, ${lost} lost, ${duplicated} duplicated, ${broken} attempts broken`);
    expect(faults).to.deep.equal([]);
    expect({ accepted, lost, duplicated }).to.deep.equal({ accepted: 600, lost: 0, duplicated: 0 });
    // At most the sessions that the dead node had, of sixteen at a time.
    expect(broken).to.be.at.most(16);
  });
});

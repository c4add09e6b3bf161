/** Real HAProxy before the submission listeners of two outbound nodes: what a local server sees when it sends by them. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { freePorts } from '../support/ports.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { openBalancedNodes, OUTBOUND_NODES, type BalancedNodes } from './balanced-nodes.ts';
import { startHaproxy, type HaproxyProcess, type ServerState } from './haproxy-process.ts';
import { needProgram } from './programs.ts';

const isUp = ({ status }: ServerState): boolean => status === 'UP';

describe('HAProxy before two outbound nodes', () => {
  let balanced: BalancedNodes;
  let haproxy: HaproxyProcess;
  let backend: string;
  let port: number;

  before(async function () {
    const path = needProgram(this, 'haproxy');
    balanced = await openBalancedNodes({ role: 'outbound' });
    [port] = (await freePorts(1)) as [number];
    const { directory } = balanced;
    const config = balanced.balancer('haproxy', '--role', 'outbound');
    backend = `outbound_submission_${balanced.port}`;
    haproxy = await startHaproxy({
      path,
      directory,
      config,
      binds: { [balanced.port]: `127.0.0.1:${port}` },
    });
    await haproxy.until(backend, (servers) => servers.every(isUp));
  });

  after(async () => {
    await (haproxy as HaproxyProcess | undefined)?.close();
    await (balanced as BalancedNodes | undefined)?.close();
  });

  /** So many messages of the local server at a time; the nodes that took them. */
  async function submit(count: number): Promise<Set<string>> {
    const clients: SmtpClient[] = [];
    for (let i = 0; i < count; i += 1)
      clients.push(await SmtpClient.greet({ host: '127.0.0.1', port, localAddress: '127.3.0.5' }));
    const sent = clients.map(() =>
      composeMessage('plain', { from: 'anna@example.com', to: ['b@elsewhere.test'] }),
    );
    for (const [i, client] of clients.entries()) {
      await client.say('MAIL FROM:<anna@example.com>');
      await client.say('RCPT TO:<b@elsewhere.test>');
      expect((await client.data(sent[i]!.octets)).code).to.equal(250);
      await client.quit();
    }
    await balanced.local.until((all) => sent.every(({ id }) => all.some((each) => each.id === id)));
    const heads = sent.map(({ id }) => balanced.local.deliveries.filter((each) => each.id === id));
    expect(heads.map(({ length }) => length)).to.deep.equal(sent.map(() => 1));
    return new Set(heads.map(([delivery]) => /by (out\d\.example\.com)/.exec(delivery!.head)?.[1] ?? ''));
  }

  it('both take mail of a local server that is trusted by its own address', async () => {
    expect(await submit(8)).to.deep.equal(new Set(OUTBOUND_NODES));
  });

  it('a node that is stopped gets no more, and the other one takes all of it', async () => {
    const stopped = balanced.nodes[0].stop();
    await haproxy.until(backend, ([first]) => !isUp(first!));
    expect(await submit(8)).to.deep.equal(new Set([OUTBOUND_NODES[1]]));
    expect(await stopped).to.equal(0);
  });
});

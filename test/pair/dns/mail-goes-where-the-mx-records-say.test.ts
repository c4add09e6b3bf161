import { canListen } from '@mailpair/proving/loopback/network';
import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import { openLocalServer, type LocalServer } from '../../support/local-server.ts';
import { composeMessage, type TestMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { skipBecause } from '../../support/skip.ts';
import { usePair } from '../../support/use-pair.ts';

/** Addresses of this machine that nobody else uses. */
const net = `127.${20 + Math.floor(Math.random() * 200)}.${Math.floor(Math.random() * 250)}`;
const [one, two, nobody] = [`${net}.1`, `${net}.2`, `${net}.3`] as const;
const hosts = (...pairs: readonly (readonly [number, string])[]) => ({ MX: pairs });

describe('mail goes where the MX records say', () => {
  let a: LocalServer;
  let b: LocalServer;
  const opened: LocalServer[] = [];
  const pair = usePair({
    start: ['outbound'],
    config: { routes: {}, 'send.connectionsPerHop': 4, 'send.privateDestinations': [`${net}.0/24`] },
    zone: {
      'a.test': { A: [one] },
      'b.test': { A: [two] },
      'dead.test': { A: [nobody] },
      'equal.test': hosts([10, 'a.test'], [10, 'b.test']),
      'ordered.test': hosts([20, 'a.test'], [10, 'b.test']),
      'first-is-dead.test': hosts([5, 'dead.test'], [10, 'a.test']),
      'no-mx.test': { A: [two] },
      'null-mx.test': hosts([0, '.']),
      'nothing.test': { TXT: ['neither MX nor address'] },
      'ours.test': hosts([5, 'a.test'], [10, 'mx-out.example.com'], [20, 'b.test']),
      'loops.test': hosts([10, 'mx-out.example.com']),
      'broken.test': 'SERVFAIL',
    },
  });

  before(async function () {
    if (!(await canListen(25, one)) || !(await canListen(25, two)))
      skipBecause(this, `MX hosts are at port 25, and this process may not listen at ${one}:25`);
    a = await openLocalServer({ host: one, port: 25 });
    b = await openLocalServer({ host: two, port: 25 });
    opened.push(a, b);
  });
  beforeEach(() => {
    for (const { deliveries } of opened) deliveries.length = 0;
  });
  after(() => Promise.all(opened.map((server) => server.stop())));

  async function send(domain: string): Promise<TestMessage> {
    const message = composeMessage('plain', { from: 'anna@example.com', to: [`bert@${domain}`] });
    await sendOnce(pair().submission, message);
    return message;
  }

  it('to the host of lowest preference', async () => {
    const { id } = await send('ordered.test');
    await b.until((all) => all.some((delivery) => delivery.id === id));
    expect(a.deliveries).to.deep.equal([]);
  });

  it('to hosts of equal preference in turn', async () => {
    for (let count = 0; count < 40; count += 1) await send('equal.test');
    await queueOf(pair(), 'outbound', 0);
    expect(a.deliveries.length + b.deliveries.length).to.equal(40);
    // That 40 fair coins fall on one side happens once in 5e11 runs.
    expect(a.deliveries).not.to.be.empty;
    expect(b.deliveries).not.to.be.empty;
  });

  it('to the next host when the first does not answer', async () => {
    const { id } = await send('first-is-dead.test');
    await a.until((all) => all.some((delivery) => delivery.id === id));
  });

  it('to the domain itself when it has no MX', async () => {
    const { id } = await send('no-mx.test');
    await b.until((all) => all.some((delivery) => delivery.id === id));
  });

  it('never to a host that is no better than this one', async () => {
    a.manners.rcpt = () => '450 4.2.0 Come again';
    await send('ours.test');
    await pair().outbound.until(
      ({ event, route }) => event === 'recipient.deferred' && route === 'ours.test',
    );
    expect(b.deliveries).to.deep.equal([]);
    a.manners = {};
    await a.until((all) => all.length === 1);
    expect(b.deliveries).to.deep.equal([]);
  });

  for (const [domain, status, why] of [
    ['null-mx.test', '5.1.10', 'null MX'],
    ['nothing.test', '5.4.4', 'neither an MX record nor an address'],
    ['no-such-domain.test', '5.1.2', 'no domain'],
  ] as const)
    it(`back to the sender for ${domain}: ${status}`, async () => {
      const { local } = pair();
      const { id } = await send(domain);
      await local.until((all) => all.some((delivery) => delivery.isNotice && delivery.id === id));
      const { head } = local.deliveries.find((delivery) => delivery.id === id)!;
      expect(head).to.include(`Status: ${status}`).and.include(why);
    });

  for (const [domain, status] of [
    ['loops.test', '4.4.6'],
    ['broken.test', '4.4.3'],
  ] as const)
    it(`nowhere yet for ${domain}: ${status}`, async () => {
      await send(domain);
      const line = await pair().outbound.until(
        ({ event, route }) => event === 'recipient.deferred' && route === domain,
      );
      expect(line).to.have.nested.property('reply.enhanced', status);
    });
});

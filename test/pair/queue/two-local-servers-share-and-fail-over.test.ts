import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { countMail } from '../../support/ledger.ts';
import { openLocalServer, type LocalServer } from '../../support/local-server.ts';
import { composeMessage } from '../../support/messages.ts';
import { openSenders, type Senders } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('two local servers', () => {
  const pair = usePair({ start: [] });
  let second: LocalServer;
  let senders: Senders;
  const closing: (() => unknown)[] = [];

  before(async () => {
    second = await openLocalServer();
    closing.push(() => second.stop());
    const { local, configure, inbound, mxIn } = pair();
    configure({ localServers: [`127.0.0.1:${local.port}`, `127.0.0.1:${second.port}`] });
    await inbound.start();
    senders = openSenders({ targets: () => [mxIn] });
    closing.push(() => senders.close());
  });
  after(async () => {
    for (const close of closing) await close();
  });

  const send = async (count: number): Promise<void> => {
    const messages = Array.from({ length: count }, () =>
      composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] }),
    );
    senders.send(...messages);
    await senders.idle();
  };

  it('share the mail', async () => {
    const { local } = pair();
    await send(100);
    expect(local.deliveries.length + second.deliveries.length).to.equal(100);
    for (const { deliveries } of [local, second]) expect(deliveries.length).to.be.above(20);
  });

  it('stand in for each other in line, so that nothing is queued', async () => {
    const { local, inbound } = pair();
    const before = second.deliveries.length;
    await local.stop();
    await send(50);
    expect(second.deliveries.length).to.equal(before + 50);
    expect(inbound.logged('message.queued')).to.deep.equal([]);
    expect(inbound.logged('message.deferred')).to.deep.equal([]);
  });

  it('the one that was away is used again', async () => {
    const { local } = pair();
    const before = local.deliveries.length;
    await local.start();
    while (local.deliveries.length === before) await send(5);
    const all = [...local.deliveries, ...second.deliveries];
    const { lost, duplicated, arrived, sent } = countMail(senders.sent, all);
    expect({ lost, duplicated, arrived }).to.deep.equal({ lost: 0, duplicated: 0, arrived: sent });
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { addressList } from '../../support/list-zone.ts';
import { composeMessage, type Shape } from '../../support/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('quarantined mail survives kill -9 and is released as it came', () => {
  const pair = useProxiedPair({
    config: {
      'lists.deny': [{ zone: 'bl.test', score: 8 }],
      'clients.noName': 0,
      'clients.unknownName': 0,
    },
    zone: addressList('bl.test', { '192.0.2.7': ['127.0.0.2'] }),
  });

  async function send(shape: Shape): Promise<string> {
    const message = composeMessage(shape, { from: 'a@sender.test', to: ['anna@example.com'] });
    const client = await pair().clientAt('192.0.2.7');
    await client.say(`MAIL FROM:<a@sender.test>${message.mailParameters}`);
    await client.say('RCPT TO:<anna@example.com>');
    expect(await client.data(message.octets)).to.include({ code: 250 });
    client.destroy();
    return message.digest;
  }

  it('in small and large', async () => {
    const { inbound, local, configFile } = pair();
    const digests = [await send('plain'), await send('middling')];
    await inbound.kill9();
    await inbound.start();
    const { items } = (await pair().get('inbound', '/api/quarantine')) as {
      items: { id: string; recipients: { reason: string; score: number }[] }[];
    };
    expect(items).to.have.length(2);
    for (const { recipients } of items) {
      expect(recipients[0]).to.include({ address: 'anna@example.com' });
      expect(recipients[0]!.reason).to.equal(`score ${recipients[0]!.score}`);
    }
    expect(local.deliveries).to.deep.equal([]);
    const ids = items.map(({ id }) => id);
    const { code } = await mailpair([
      'quarantine',
      'release',
      ...ids,
      '--role',
      'inbound',
      '--config',
      configFile,
    ]);
    expect(code).to.equal(0);
    await local.until((deliveries) => deliveries.length === 2);
    expect(local.deliveries.map(({ digest }) => digest).sort()).to.deep.equal(digests.sort());
    expect(await pair().get('inbound', '/api/quarantine')).to.deep.equal({ items: [], next: null });
    expect(await pair().get('inbound', '/metrics')).to.match(/^mailpair_quarantine_messages\{.*\} 0$/m);
  });
});

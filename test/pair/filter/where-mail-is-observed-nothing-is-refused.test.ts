import { expect } from 'chai';
import { describe, it } from 'mocha';
import { addressList } from '../../support/list-zone.ts';
import { composeMessage } from '../../support/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('where mail is observed, nothing is refused', () => {
  const pair = useProxiedPair({
    config: {
      'judge.mode': 'observe',
      'lists.deny': [
        { zone: 'rejects.test', verdict: 'reject' },
        { zone: 'weighs.test', score: 8 },
      ],
    },
    zone: {
      ...addressList('rejects.test', { '192.0.2.7': ['127.0.0.2'] }),
      ...addressList('weighs.test', { '192.0.2.8': ['127.0.0.2'] }),
    },
  });

  async function send(address: string, fields = ''): Promise<number> {
    const message = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
    const client = await pair().clientAt(address);
    await client.say('MAIL FROM:<a@sender.test>');
    expect(await client.say('RCPT TO:<anna@example.com>')).to.include({ code: 250 });
    const { code } = await client.data(Buffer.concat([Buffer.from(fields), message.octets]));
    client.destroy();
    return code;
  }

  it('and what would have been done is told', async () => {
    const { inbound, local } = pair();
    expect(await send('192.0.2.7')).to.equal(250);
    expect(await send('192.0.2.8')).to.equal(250);
    await local.until((deliveries) => deliveries.length === 2);
    for (const wouldBe of ['reject', 'quarantine'])
      await inbound.until(({ event, verdict }) => event === 'message.observed' && verdict === wouldBe);
    expect(await pair().get('inbound', '/api/quarantine')).to.deep.equal({ items: [], next: null });
  });

  it('but what loops', async () => {
    expect(await send('192.0.2.9', 'Received: by x; y\r\n'.repeat(101))).to.equal(554);
  });
});

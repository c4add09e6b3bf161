import { expect } from 'chai';
import { describe, it } from 'mocha';
import { addressList } from '../../support/list-zone.ts';
import { composeMessage } from '../../support/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('three recipients, three policies, one reply', () => {
  const to = ['anna@example.com', 'ben@example.com', 'carl@example.com'];
  const pair = useProxiedPair({
    config: {
      'lists.deny': [{ zone: 'bl.test', score: 8 }],
      'judge.policies': [
        { for: ['anna@example.com'], allow: [{ sender: 'sender.test', unproven: true }] },
        { for: ['carl@example.com'], rejectAt: 5 },
      ],
      'judge.rules': [
        {
          name: 'greetings',
          when: { header: { 'X-Kind': '*card*' }, recipient: 'ben@example.com' },
          verdict: 'discard',
        },
      ],
    },
    zone: addressList('bl.test', { '192.0.2.7': ['127.0.0.2'] }),
  });

  async function send(recipients: readonly string[], fields = ''): Promise<{ code: number; text: string }> {
    const { octets } = composeMessage('plain', { from: 'a@sender.test', to: recipients });
    const client = await pair().clientAt('192.0.2.7');
    await client.say('MAIL FROM:<a@sender.test>');
    for (const recipient of recipients) await client.say(`RCPT TO:<${recipient}>`);
    const reply = await client.data(Buffer.concat([Buffer.from(fields), octets]));
    client.destroy();
    return reply;
  }
  const keptFrom = async (): Promise<string[]> => {
    const { items } = (await pair().get('inbound', '/api/quarantine')) as {
      items: { recipients: { address: string }[] }[];
    };
    return items.flatMap(({ recipients }) => recipients.map(({ address }) => address));
  };

  it('each gets its own', async () => {
    expect(await send(to)).to.include({ code: 250 });
    await pair().local.until((deliveries) => deliveries.length === 1);
    expect(pair().local.deliveries[0]!.to).to.deep.equal(['anna@example.com']);
    expect(await keptFrom()).to.deep.equal(['ben@example.com', 'carl@example.com']);
  });

  it('a refusal is a refusal only where all refuse it', async () => {
    expect(await send(['carl@example.com'])).to.include({ code: 550 });
  });

  it('where the local server refuses it for one, none of it stays, and the reply has its codes', async () => {
    pair().local.manners = { message: () => '554 5.6.0 Not this' };
    expect(await send(to)).to.include({
      code: 554,
      text: '5.6.0 The mail server does not accept the content of the message',
    });
    pair().local.manners = {};
    expect(await keptFrom()).to.have.length(2);
  });

  it('a rule may drop it for one', async () => {
    expect(await send(['ben@example.com'], 'X-Kind: greeting card\r\n')).to.include({ code: 250 });
    await pair().inbound.until(({ event }) => event === 'message.discarded');
    expect(await keptFrom()).to.have.length(2);
    expect(pair().local.deliveries).to.have.length(1);
  });
});

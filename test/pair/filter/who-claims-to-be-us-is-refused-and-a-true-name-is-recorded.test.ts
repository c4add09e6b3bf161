import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { inList } from '../../support/list-zone.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('who claims to be us is refused, and a true name is recorded', () => {
  const pair = useProxiedPair({
    config: { 'outbound.addresses': ['192.0.2.20'] },
    zone: {
      [inList('192.0.2.7', 'in-addr.arpa')]: { PTR: ['mail.sender.test'] },
      'mail.sender.test': { A: ['192.0.2.7'] },
      [inList('192.0.2.8', 'in-addr.arpa')]: { PTR: ['mail.sender.test'] },
      'example.com': { A: ['192.0.2.80'] },
    },
  });

  async function rcpt(address: string, helo: string): Promise<{ code: number; text: string }> {
    const client = await pair().clientAt(address, helo);
    await client.say('MAIL FROM:<a@sender.test>');
    const reply = await client.say('RCPT TO:<anna@example.com>');
    await client.quit();
    return reply;
  }

  for (const helo of ['mx-in.example.com', 'MX-OUT.example.com', '[192.0.2.20]', '192.0.2.20'])
    it(`a stranger that calls itself ${helo} is told to say its own name`, async () => {
      expect(await rcpt('192.0.2.7', helo)).to.deep.equal({
        code: 550,
        text: '5.7.1 Your EHLO or HELO gives the name of this host; send the name of yours',
      });
    });

  it('this pair itself is not, nor who has an odd name only', async () => {
    expect(await rcpt('192.0.2.20', 'mx-out.example.com')).to.include({ code: 250 });
    for (const helo of ['example.com', '[192.0.2.99]', 'localhost', 'nobody.test'])
      expect(await rcpt('192.0.2.9', helo), helo).to.include({ code: 250 });
  });

  async function received(address: string): Promise<string> {
    const client = await pair().clientAt(address, 'says.sender.test');
    const message = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    expect(await client.data(message.octets)).to.include({ code: 250 });
    await client.quit();
    const { local } = pair();
    await local.until((all) => all.some(({ id }) => id === message.id));
    return local.deliveries.find(({ id }) => id === message.id)!.head;
  }

  it('Received names the client by its reverse name only where that points back', async () => {
    expect(await received('192.0.2.7')).to.include('from says.sender.test (mail.sender.test [192.0.2.7])');
    expect(await received('192.0.2.8')).to.include('from says.sender.test ([192.0.2.8])');
  });
});

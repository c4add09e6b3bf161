import { expect } from 'chai';
import { describe, it } from 'mocha';
import { addressList } from '../../support/list-zone.ts';
import { composeMessage } from '../../support/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('without an answer of DNS mail is judged in part and this is said', () => {
  const pair = useProxiedPair({
    config: {
      'lists.deny': [
        { zone: 'bl.test', verdict: 'reject' },
        { zone: 'slow.test', verdict: 'reject' },
      ],
      'judge.rcptBudget': '3s',
      'lists.timeout': '500ms',
    },
    zone: {
      ...addressList('bl.test', { '192.0.2.7': ['127.0.0.2'] }),
      ...addressList('slow.test', { '192.0.2.7': { A: 'TIMEOUT' }, '192.0.2.8': { A: 'TIMEOUT' } }),
    },
  });

  /** Sends a message; gives the replies to RCPT and to the message, and what was not judged. */
  async function send(
    address: string,
  ): Promise<{ rcpt: number; rcptMs: number; data?: number; missing: string }> {
    const { inbound, local, clientAt } = pair();
    const client = await clientAt(address);
    const message = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
    await client.say('MAIL FROM:<a@sender.test>');
    const from = performance.now();
    const { code: rcpt } = await client.say('RCPT TO:<anna@example.com>');
    const rcptMs = performance.now() - from;
    if (rcpt !== 250) return { rcpt, rcptMs, missing: '' };
    const seen = inbound.logged('message.judged-in-part').length;
    const { code: data } = await client.data(message.octets);
    await client.quit();
    await local.until((all) => all.some(({ id }) => id === message.id));
    await inbound.until(() => inbound.logged('message.judged-in-part').length > seen);
    return { rcpt, rcptMs, data, missing: JSON.stringify(inbound.logged('message.judged-in-part').at(-1)) };
  }

  it('a slow list keeps nobody longer than lists.timeout, and the others count', async () => {
    await pair().inbound.until(({ event, list }) => event === 'list.sound' && list === 'slow.test');
    expect(await send('192.0.2.7')).to.include({ rcpt: 550 });
    const { rcptMs, missing, ...replies } = await send('192.0.2.8');
    expect(replies).to.deep.equal({ rcpt: 250, data: 250 });
    expect(rcptMs).to.be.within(400, 2_000);
    expect(missing).to.include('slow.test could not be asked: no answer within 0.5 s');
    expect(missing).to.not.include('bl.test');
  });

  it('a dead resolver lets all mail through', async () => {
    await pair().dns.close();
    const { missing, ...replies } = await send('192.0.2.9');
    expect(replies).to.include({ rcpt: 250, data: 250 });
    expect(missing).to.include('bl.test could not be asked').and.include('reverseName could not be learnt');
  });
});

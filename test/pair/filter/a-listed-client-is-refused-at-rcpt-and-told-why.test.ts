import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Reply } from '../../support/smtp-client.ts';
import { addressList } from '../../support/list-zone.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('a listed client is refused at RCPT and told why', () => {
  const pair = useProxiedPair({
    config: {
      'lists.deny': [
        { zone: 'secret-key.bl.test', name: 'bl', verdict: 'reject' },
        { zone: 'weighs.test', score: 3 },
        { zone: 'weighs-too.test', score: 3 },
      ],
      'lists.allow': [{ zone: 'wl.test', score: -4 }],
      'lists.refuseAt': 6,
    },
    zone: {
      ...addressList('secret-key.bl.test', {
        '192.0.2.7': { A: ['127.0.0.2'], TXT: ['Sends spam, see https://bl.test/192.0.2.7'] },
        '2001:db8::7': { A: ['127.0.0.3'] },
        '192.0.2.9': { A: ['127.0.1.2'] },
      }),
      ...addressList('weighs.test', { '192.0.2.8': ['127.0.0.2'], '192.0.2.11': ['127.0.0.2'] }),
      ...addressList('weighs-too.test', { '192.0.2.8': ['127.0.0.2'], '192.0.2.11': ['127.0.0.2'] }),
      ...addressList('wl.test', { '192.0.2.11': ['127.0.0.2'] }),
    },
  });

  async function rcpt(address: string, to = 'anna@example.com'): Promise<Reply> {
    const client = await pair().clientAt(address);
    await client.say('MAIL FROM:<a@sender.test>');
    const reply = await client.say(`RCPT TO:<${to}>`);
    await client.quit();
    return reply;
  }

  it('in the words of the list, under the name that the operator gave it', async () => {
    expect(await rcpt('192.0.2.7')).to.deep.equal({
      code: 550,
      text: '5.7.1 192.0.2.7 is listed by bl: Sends spam, see https://bl.test/192.0.2.7',
    });
    const line = await pair().inbound.until(({ event }) => event === 'recipient.judged');
    expect(line).to.include({ verdict: 'reject' });
    expect(line['reason']).to.equal('dns-list.bl: 192.0.2.7 is listed by bl (127.0.0.2)');
    expect(JSON.stringify(pair().inbound.log)).to.not.include('secret-key');
  });

  it('also over IPv6, and where the list says nothing of why', async () => {
    expect(await rcpt('2001:db8::7')).to.deep.equal({
      code: 550,
      text: '5.7.1 2001:db8::7 is listed by bl; ask there to be delisted',
    });
  });

  it('by the sum of several lists', async () => {
    const { code, text } = await rcpt('192.0.2.8');
    expect(code).to.equal(550);
    expect(text).to.include('192.0.2.8 is listed by weighs.test, weighs-too.test');
  });

  it('unless an allow list speaks for it', async () => {
    expect(await rcpt('192.0.2.11')).to.include({ code: 250 });
  });

  it('but not by a code outside 127.0.0.0/24, nor when it is in no list', async () => {
    expect(await rcpt('192.0.2.9')).to.include({ code: 250 });
    expect(await rcpt('192.0.2.200')).to.include({ code: 250 });
  });

  it('nor for postmaster, where it can ask what is wrong', async () => {
    expect(await rcpt('192.0.2.7', 'postmaster@example.com')).to.include({ code: 250 });
  });

  it('and is asked about once for a session', async () => {
    const { dns, clientAt } = pair();
    const client = await clientAt('192.0.2.201');
    for (let count = 0; count < 3; count += 1) {
      await client.say('MAIL FROM:<a@sender.test>');
      expect(await client.say('RCPT TO:<anna@example.com>')).to.include({ code: 250 });
      await client.say('RSET');
    }
    await client.quit();
    expect(dns.count('201.2.0.192.weighs.test')).to.equal(1);
  });

  it('while clients of this site are not asked about', async () => {
    for (const address of ['10.1.2.3', '127.0.0.9']) expect(await rcpt(address)).to.include({ code: 250 });
    const { queries } = pair().dns;
    expect(queries.filter(({ name }) => /^3\.2\.1\.10\.|^9\.0\.0\.127\./.test(name))).to.deep.equal([]);
  });

  it('until the operator takes the list out', async () => {
    const { inbound } = pair();
    pair().configure({ 'lists.deny': [] });
    inbound.signal('SIGHUP');
    await inbound.until(({ event }) => event === 'gateway.reloaded');
    expect(await rcpt('192.0.2.7')).to.include({ code: 250 });
  });
});

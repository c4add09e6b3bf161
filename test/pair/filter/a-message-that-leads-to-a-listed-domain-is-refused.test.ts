import { expect } from 'chai';
import { describe, it } from 'mocha';
import { domainList } from '../../support/list-zone.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import type { Reply } from '../../support/smtp-client.ts';

describe('a message that leads to a listed domain is refused', () => {
  const pair = useProxiedPair({
    config: { 'lists.domains': [{ zone: 'dbl.test', verdict: 'reject' }] },
    zone: domainList('dbl.test', { 'xn--bse-sna.org': ['127.0.0.2'] }),
  });

  async function send(...lines: readonly string[]): Promise<Reply> {
    const client = await pair().clientAt('192.0.2.7');
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    await client.say('DATA');
    const head = ['From: a@sender.test', 'Date: Wed, 25 Nov 2026 10:00:00 +0000', ...lines];
    const reply = await client.say([...head, '.'].join('\r\n'));
    await client.quit();
    return reply;
  }

  it('in its text', async () => {
    const reply = await send('', 'Look at http://böse.org/x');
    expect(reply.code).to.equal(550);
    expect(reply.text).to.include('xn--bse-sna.org is listed by dbl.test');
  });

  it('in HTML that is encoded', async () => {
    const html = '<a href="https://&#119;ww.b&ouml;se.org/">your bank</a>';
    const reply = await send(
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(html).toString('base64'),
    );
    expect(reply.code).to.equal(550);
  });

  it('and one that does not is taken', async () => {
    expect(await send('', 'Look at http://good.org/x')).to.include({ code: 250 });
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useProxiedPair } from '../support/proxied-pair.ts';
import { signed, signingKey } from '../support/signed-mail.ts';

describe('what a domain says of its mail is obeyed', () => {
  const key = signingKey('strict.test');
  const pair = useProxiedPair({
    config: { 'spoofing.verdict': 'reject' },
    zone: {
      'strict.test': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
      '_dmarc.strict.test': { TXT: ['v=DMARC1; p=reject'] },
      'test._domainkey.strict.test': { TXT: [key.record] },
      'careful.test': { TXT: ['v=spf1 -all'] },
      '_dmarc.careful.test': { TXT: ['v=DMARC1; p=quarantine'] },
    },
  });

  const mail = (from: string): string =>
    `From: Anna <${from}>\r\nTo: anna@example.com\r\nSubject: Hello\r\n\r\nOne line.\r\n`;

  async function send(
    address: string,
    from: string,
    message: string,
  ): Promise<{ code: number; text: string }> {
    const client = await pair().clientAt(address);
    await client.say(`MAIL FROM:<${from}>`);
    expect(await client.say('RCPT TO:<anna@example.com>')).to.include({ code: 250 });
    const reply = await client.data(Buffer.from(message, 'latin1'));
    await client.quit();
    return reply;
  }

  it('who sends for the domain, or signs for it, is taken', async () => {
    const before = pair().local.deliveries.length;
    expect(await send('192.0.2.7', 'a@strict.test', mail('a@strict.test'))).to.include({ code: 250 });
    const forwarded = signed(mail('a@strict.test'), key);
    expect(await send('192.0.2.99', 'x@forwarder.test', forwarded)).to.include({ code: 250 });
    await pair().local.until((all) => all.length === before + 2);
  });

  it('who does neither is refused, and told why', async () => {
    const reply = await send('192.0.2.99', 'a@strict.test', mail('a@strict.test'));
    expect(reply).to.deep.equal({
      code: 550,
      text: '5.7.26 strict.test asks to refuse what neither SPF nor DKIM proves to be from it (DMARC)',
    });
  });

  it('what shall go to quarantine is taken and not delivered', async () => {
    const before = pair().local.deliveries.length;
    expect(await send('192.0.2.99', 'a@careful.test', mail('a@careful.test'))).to.include({ code: 250 });
    expect(await send('192.0.2.7', 'a@strict.test', mail('a@strict.test'))).to.include({ code: 250 });
    await pair().local.until((all) => all.length > before);
    expect(pair().local.deliveries).to.have.length(before + 1);
  });

  it('a stranger is not one of us', async () => {
    const reply = await send('192.0.2.99', 'x@other.test', mail('boss@example.com'));
    expect(reply).to.include({ code: 550 });
    expect(reply.text).to.match(/^5\.7\.26 .*example\.com, which is hosted here/);
  });
});

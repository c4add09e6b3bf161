import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import { signed, signingKey } from '../../support/signed-mail.ts';

describe('what a domain says of its mail is obeyed', () => {
  const key = signingKey('strict.test');
  const pair = useProxiedPair({
    config: { 'spoofing.verdict': 'reject', 'judge.quarantineAt': 900, 'judge.rejectAt': 999 },
    zone: {
      'strict.test': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
      '_dmarc.strict.test': { TXT: ['v=DMARC1; p=reject'] },
      'test._domainkey.strict.test': { TXT: [key.record] },
      'careful.test': { TXT: ['v=spf1 -all'] },
      '_dmarc.careful.test': { TXT: ['v=DMARC1; p=quarantine'] },
    },
  });

  const mail = (from: string, rest = ''): string =>
    `From: Anna <${from}>\r\n${rest}To: anna@example.com\r\nSubject: Hello\r\n\r\nOne line.\r\n`;

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

  for (const [what, from] of [
    ['two mailboxes', 'x@other.test, a@strict.test'],
    ['a group', 'Team: x@other.test, a@strict.test;'],
    ['a comment in the domain', 'a@strict(x).test'],
    ['blanks around the @', 'a @ strict.test'],
    ['eleven mailboxes', `${'x@other.test, '.repeat(10)}a@strict.test`],
    ['9 KB of comment', `(${'x'.repeat(9_000)}) a@strict.test`],
    ['9 KB of name', `"${'x'.repeat(9_000)}" <a@strict.test>`],
  ] as const)
    it(`and its own name is found in a From with ${what}`, async () => {
      const reply = await send('192.0.2.99', 'x@other.test', mail('').replace('Anna <>', from));
      expect(reply).to.include({ code: 550 });
      expect(reply.text).to.match(/^5\.7\.26 strict\.test /);
    });

  it('a From that nobody sees is refused', async () => {
    const reply = await send('192.0.2.99', 'x@other.test', ` From: a@strict.test\r\n${mail('x@other.test')}`);
    expect(reply).to.include({ code: 550 });
    expect(reply.text).to.match(/^5\.6\.0 /);
  });

  it('the name of a list excuses nobody', async () => {
    const before = pair().local.deliveries.length;
    const listed = mail('boss@example.com', 'List-Id: <talk.lists.test>\r\n');
    expect(await send('192.0.2.99', 'x@other.test', listed)).to.include({ code: 250 });
    expect(await send('192.0.2.7', 'a@strict.test', mail('a@strict.test'))).to.include({ code: 250 });
    await pair().local.until((all) => all.length > before);
    expect(pair().local.deliveries).to.have.length(before + 1);
  });
});

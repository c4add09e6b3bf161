import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually, untilBothAlive, useSecret } from '../../support/heartbeat.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import type { Reply } from '../../support/smtp-client.ts';

type RoleName = 'inbound' | 'outbound';

describe('a greylisted message is taken on the other MX', () => {
  const pair = useProxiedPair({
    start: ['inbound', 'outbound'],
    config: {
      ...useSecret().config,
      'greylist.mode': 'everyone',
      'greylist.delay': '400ms',
      'rates.exempt': ['203.0.113.0/24'],
    },
    zone: {
      'pool.test': { TXT: ['v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.128/25 -all'] },
      'proven.test': { TXT: ['v=spf1 ip4:198.51.100.0/24 -all'] },
      '_dmarc.proven.test': { TXT: ['v=DMARC1; p=none'] },
    },
  });

  async function send(address: string, from: string, role: RoleName = 'inbound'): Promise<Reply> {
    const client = await pair().clientAt(address, 'mail.sender.test', role);
    await client.say(`MAIL FROM:<${from}>`);
    await client.say('RCPT TO:<anna@example.com>');
    const reply = await client.data(Buffer.from(`From: <${from}>\r\nSubject: Hello\r\n\r\nHello\r\n`));
    await client.quit();
    return reply;
  }
  const taken = (reply: Reply): boolean => reply.code === 250;

  it('once the time it was told has passed, from the same network', async () => {
    await untilBothAlive(pair());
    const { code, text } = await send('192.0.2.7', 'a@sender.test');
    expect(code).to.equal(451);
    expect(text).to.match(
      /^4\.7\.1 You are new to this host: please send this message again in 1 second or later$/,
    );
    const seenAt = Date.now();
    await eventually(() => send('192.0.2.8', 'a@sender.test', 'outbound'), taken);
    expect(Date.now() - seenAt).to.be.above(100);
    const [line] = pair().inbound.logged('message.refused');
    expect(line!['reason']).to.match(/^greylist: 192\.0\.2\.0\/24 sender\.test is new, and scores \d/);
  });

  it('and the sender is known to both from then on, also after a restart', async () => {
    const { inbound } = pair();
    await eventually(() => send('192.0.2.9', 'b@sender.test'), taken);
    await inbound.kill9();
    await inbound.start();
    expect(await send('192.0.2.10', 'c@sender.test')).to.include({ code: 250 });
    expect(await send('192.0.2.10', 'c@other.test')).to.include({ code: 451 });
  });

  it('from any host of a pool that SPF allows', async () => {
    expect(await send('198.51.100.7', 'a@pool.test')).to.include({ code: 451 });
    await eventually(() => send('192.0.2.200', 'a@pool.test'), taken);
    // Each of several workers hears of it after a moment.
    await eventually(() => send('198.51.100.9', 'z@pool.test'), taken);
  });

  it('while what passes DMARC, this site and exempt networks are not asked to come back', async () => {
    expect(await send('198.51.100.7', 'a@proven.test')).to.include({ code: 250 });
    expect(await send('10.1.2.3', 'a@third.test')).to.include({ code: 250 });
    expect(await send('203.0.113.7', 'a@third.test')).to.include({ code: 250 });
  });
});

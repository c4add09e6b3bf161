import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import type { Reply } from '../../support/smtp-client.ts';

/** Larger than what one message may unpack, and costly: to be opened it takes half of the time for a message. */
const costly = gzipSync(Buffer.alloc(200 * 1024 * 1024));

describe('what is not read is neither delivered nor refused', () => {
  const pair = useProxiedPair({
    config: { 'judge.messageBudget': '1s' },
  });

  async function send(address: string, from: string, attachment: Buffer): Promise<Reply> {
    const client = await pair().clientAt(address);
    await client.say(`MAIL FROM:<${from}@sender.test>`);
    await client.say('RCPT TO:<anna@example.com>');
    await client.say('DATA');
    const reply = await client.say(
      [
        `From: ${from}@sender.test`,
        'Date: Wed, 25 Nov 2026 10:00:00 +0000',
        'Content-Type: application/octet-stream; name="x.gz"',
        'Content-Transfer-Encoding: base64',
        '',
        ...(attachment.toString('base64').match(/.{1,76}/g) ?? []),
        '.',
      ].join('\r\n'),
    );
    client.destroy();
    return reply;
  }
  it('while one client sends what takes long, and others go on', async () => {
    const hostile = Array.from({ length: 30 }, () => send('192.0.2.7', 'hostile', costly));
    let legitimate = await send('198.51.100.7', 'legitimate', gzipSync('text'));
    // A busy machine may defer it once; whoever comes again is not held to what others did.
    for (let i = 0; legitimate.code === 451 && i < 50; i += 1)
      legitimate = await send('198.51.100.7', 'legitimate', gzipSync('text'));
    expect(legitimate).to.include({ code: 250 });
    for (const reply of await Promise.all(hostile)) {
      expect([250, 451]).to.include(reply.code);
      if (reply.code === 451) expect(reply.text).to.match(/^4\.\d\.\d /);
    }
    await pair().local.until((deliveries) => deliveries.length > 0);
    expect(pair().local.deliveries.map(({ from }) => from)).to.deep.equal(['legitimate@sender.test']);
  });
});

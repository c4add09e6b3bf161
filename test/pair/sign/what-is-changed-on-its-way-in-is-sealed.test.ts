import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { ed25519Pem, rsaPem, verify, writeKeys, zoneOf } from '../../support/dkim.ts';
import { MARK } from '../../support/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('what is changed on its way in is sealed', () => {
  const keys = mkdtempSync(join(tmpdir(), 'mailpair-keys-'));
  writeKeys(keys, 'example.com', { r: rsaPem(), e: ed25519Pem() });
  const zone = zoneOf(keys, 'example.com', ['r', 'e']);
  after(() => rmSync(keys, { recursive: true }));
  const pair = useProxiedPair({
    config: { 'dkim.keys': keys, 'marks.subject': '[SPAM]', 'dmarc.fail': 2 },
    zone: {
      'sender.test': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
      '_dmarc.sender.test': { TXT: ['v=DMARC1; p=none'] },
      ...zone,
    },
  });
  let count = 0;

  /** @returns the message as the local server has it */
  async function passOn(address: string, message: string): Promise<Buffer> {
    const id = `seal-${(count += 1)}`;
    const { clientAt, local } = pair();
    const client = await clientAt(address);
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    const rest = `${MARK}: ${id}\r\n\r\nOne line.\r\n`;
    expect(await client.data(Buffer.from(message + rest, 'latin1'))).to.include({ code: 250 });
    await client.quit();
    await local.until((all) => all.some((each) => each.id === id));
    const { head } = local.deliveries.find((each) => each.id === id)!;
    return Buffer.from(head + rest, 'latin1');
  }

  const plain = 'From: a@sender.test\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nSubject: Hello\r\n';
  let sealed: Buffer;

  it('over what was found before', async () => {
    sealed = await passOn('192.0.2.99', plain);
    const text = sealed.toString('latin1');
    expect(text).to.match(/^ARC-Seal: i=1; a=rsa-sha256; t=\d+; cv=none;\r\n\td=example\.com; s=r;/);
    expect(text).to.match(
      /\r\nARC-Authentication-Results: i=1; mx-in\.example\.com;\r\n(?:\t.*\r\n)*\tdmarc=fail/,
    );
    expect(text).to.include('\r\nSubject: [SPAM] Hello\r\n');
    expect((await verify(sealed, zone)).arc).to.equal('pass');
  });

  it('also when it was sealed before, and says whether that chain held', async () => {
    const text = sealed.toString('latin1');
    const chain = text.slice(0, text.indexOf(`${MARK}: `));
    // Another message under the same seals: the chain is broken.
    const broken = await passOn('192.0.2.99', chain.replace('[SPAM] Hello', 'Forged'));
    expect(broken.toString('latin1')).to.match(/^ARC-Seal: i=2; a=rsa-sha256; t=\d+; cv=fail;/);
  });

  it('what goes on unchanged is not, unless told to', async () => {
    const untouched = (await passOn('192.0.2.7', plain)).toString('latin1');
    expect(untouched)
      .to.match(/^Received: /)
      .and.not.include('ARC-');
    const { inbound, configure } = pair();
    configure({ 'marks.seal': 'always' });
    inbound.signal('SIGHUP');
    await inbound.until(({ event }) => event === 'gateway.reloaded');
    const once = await passOn('192.0.2.7', plain);
    expect((await verify(once, zone)).arc).to.equal('pass');
    const text = once.toString('latin1');
    const twice = await passOn('192.0.2.7', text.slice(0, text.indexOf(`${MARK}: `)));
    expect(twice.toString('latin1')).to.match(/^ARC-Seal: i=2; a=rsa-sha256; t=\d+; cv=pass;/);
    expect((await verify(twice, zone)).arc).to.equal('pass');
    configure({ 'marks.seal': 'never' });
    inbound.signal('SIGHUP');
    await inbound.until(() => inbound.logged('gateway.reloaded').length === 2);
    expect((await passOn('192.0.2.99', plain)).toString('latin1')).to.match(/^Received: /);
  });
});

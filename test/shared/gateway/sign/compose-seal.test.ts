import { createPrivateKey } from 'node:crypto';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { composeSeal, type Sealable } from '@mailpair/shared/gateway/sign/compose-seal';
import { readMessage } from '@mailpair/shared/gateway/sign/read-message';
import { signingKey } from '@mailpair/shared/gateway/sign/signing-key';
import { ed25519Pem, recordNameOf, recordOf, rsaPem, verify } from '../../../support/dkim.ts';

describe('an ARC seal', () => {
  const pems = { r: rsaPem(), e: ed25519Pem() };
  const texts = new Map(
    Object.entries(pems).map(([selector, pem]) => [recordNameOf('example.com', selector), recordOf(pem)]),
  );
  const plain = 'From: a@sender.test\r\nSubject: x\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\nText\r\n';
  const results = 'mx-in.example.com; spf=pass smtp.mailfrom=a@sender.test;\r\n\tdkim=none';

  async function seal(
    message: string,
    chain: Sealable['chain'],
    selector: keyof typeof pems = 'r',
  ): Promise<string> {
    const read = await readMessage('', bodyOf(Buffer.from(message)));
    if (typeof read === 'string') throw new Error(read);
    const { fields } = read;
    const key = signingKey('example.com', selector, createPrivateKey(pems[selector]));
    const bodyHash = await read.bodyHash();
    const at = 1_767_225_600_000;
    return composeSeal({ fields, bodyHash, at, key, authenticationResults: results, chain });
  }
  const arcOf = async (message: string): Promise<string> => (await verify(Buffer.from(message), texts)).arc;

  it('begins a chain that verifies', async () => {
    const fields = await seal(plain, 'none');
    expect(fields).to.match(/^ARC-Seal: i=1; a=rsa-sha256; t=1767225600; cv=none;/);
    expect(fields).to.include(`ARC-Authentication-Results: i=1; ${results}\r\n`);
    expect(await arcOf(fields + plain)).to.equal('pass');
  });

  it('goes on with a chain that passed, also after the message was changed', async () => {
    const once = (await seal(plain, 'none')) + plain;
    const changed = once.replace('Subject: x', 'Subject: [Spam?] x');
    expect(await arcOf(changed)).to.equal('fail');
    const twice = (await seal(changed, 'pass')) + changed;
    expect(twice).to.match(/^ARC-Seal: i=2; .*cv=pass;/);
    expect(await arcOf(twice)).to.equal('pass');
    const thrice = (await seal(twice, 'pass')) + twice;
    expect(await arcOf(thrice)).to.equal('pass');
    expect(await arcOf(thrice.replace('Text', 'Test'))).to.equal('fail');
  });

  it('says that a chain failed, and seals its own set only (RFC 8617 §5.1.2)', async () => {
    const broken = (await seal(plain, 'none')).replace(/ARC-Message-Signature: [^]*?\r\n(?=ARC)/, '') + plain;
    const sealed = await seal(broken, 'pass');
    expect(sealed).to.match(/^ARC-Seal: i=2; .*cv=fail;/);
    expect(await seal(sealed + broken, 'fail'), 'after a chain was given up').to.equal('');
  });

  it('is not added to a chain that nobody looked at, nor beyond 50', async () => {
    const once = (await seal(plain, 'none')) + plain;
    expect(await seal(once, 'none')).to.equal('');
    expect(await seal(once.replaceAll('i=1;', 'i=50;'), 'pass')).to.equal('');
    expect(await seal(once.replaceAll('i=1;', 'i=4711;'), 'pass')).to.equal('');
  });

  it('may be by Ed25519', async () => {
    const fields = await seal(plain, 'none', 'e');
    expect(fields).to.match(/^ARC-Seal: i=1; a=ed25519-sha256;/);
  });
});

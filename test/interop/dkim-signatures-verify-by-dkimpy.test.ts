import { spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { composeSeal } from '@mailpair/shared/gateway/sign/compose-seal';
import { composeDkimSignatures } from '@mailpair/shared/gateway/sign/compose-signature';
import { readMessage } from '@mailpair/shared/gateway/sign/read-message';
import { signingKey } from '@mailpair/shared/gateway/sign/signing-key';
import { ed25519Pem, recordNameOf, recordOf, rsaPem } from '../support/dkim.ts';
import { allShapes } from '../support/messages.ts';
import { composeOwn } from '../support/own-mail.ts';
import { skipBecause } from '../support/skip.ts';
import { verifyByDkimpy } from './dkimpy.ts';

const python = '/usr/bin/python3';

describe('dkimpy verifies', () => {
  const pems = { r: rsaPem(), e: ed25519Pem() };
  const keys = Object.entries(pems).map(([selector, pem]) =>
    signingKey('example.com', selector, createPrivateKey(pem)),
  );
  const texts = Object.fromEntries(
    Object.entries(pems).map(([selector, pem]) => [recordNameOf('example.com', selector), recordOf(pem)]),
  );
  const at = Date.now();

  before(function () {
    if (spawnSync(python, ['-c', 'import dkim, nacl']).status !== 0)
      skipBecause(
        this,
        'python3 lacks dkim or nacl; install them with: apt-get install python3-dkim python3-nacl',
      );
  });

  async function signed(octets: Buffer): Promise<Buffer> {
    const read = await readMessage('', bodyOf(octets));
    if (typeof read === 'string') throw new Error(read);
    const fields = composeDkimSignatures({ fields: read.fields, bodyHash: await read.bodyHash(), keys, at });
    return Buffer.concat([Buffer.from(fields), octets]);
  }

  async function sealed(octets: Buffer, chain: 'none' | 'pass'): Promise<Buffer> {
    const read = await readMessage('', bodyOf(octets));
    if (typeof read === 'string') throw new Error(read);
    const fields = composeSeal({
      fields: read.fields,
      bodyHash: await read.bodyHash(),
      key: keys[0]!,
      authenticationResults: 'mx-in.example.com; spf=pass smtp.mailfrom=a@sender.test;\r\n\tdkim=none',
      chain,
      at,
    });
    return Buffer.concat([Buffer.from(fields), octets]);
  }

  it('what is signed by RSA and by Ed25519, in every shape of message', async () => {
    const shapes = allShapes.filter((shape) => !['10 MB', 'no header but the mark'].includes(shape));
    const messages = await Promise.all(
      shapes.map((shape) =>
        signed(composeOwn(shape, { from: 'anna@example.com', to: ['b@example.net'] }).octets),
      ),
    );
    const verdicts = verifyByDkimpy(python, messages, texts);
    expect(verdicts.map(({ dkim }, at) => [shapes[at], dkim])).to.deep.equal(
      shapes.map((shape) => [shape, [true, true]]),
    );
  });

  it('whatever stands in header and body', async () => {
    const text = fc.stringMatching(/^[ -~]{0,20}$/);
    const message = fc
      .tuple(
        fc.array(text, { maxLength: 4 }),
        fc.array(fc.oneof(text, fc.constantFrom('', ' ', '\t')), { maxLength: 8 }),
      )
      .map(([subjects, lines]) =>
        Buffer.from(
          `From: anna@example.com\r\n${subjects.map((one) => `Subject: x${one}\r\n\tx\r\n`).join('')}\r\n` +
            lines.map((line) => `${line}\r\n`).join(''),
        ),
      );
    const messages = await Promise.all(fc.sample(message, 200).map(signed));
    const verdicts = verifyByDkimpy(python, messages, texts);
    expect(verdicts.filter(({ dkim }) => String(dkim) !== 'true,true')).to.deep.equal([]);
    expect(verdicts).to.have.length(200);
  });

  it('none that was changed', async () => {
    const message = await signed(Buffer.from('From: anna@example.com\r\nSubject: x\r\n\r\nText\r\n'));
    const forged = Buffer.from(message.toString('latin1').replace('Text', 'Test'), 'latin1');
    expect(verifyByDkimpy(python, [forged], texts)[0]?.dkim).to.deep.equal([false, false]);
  });

  it('chains of ARC seals', async () => {
    const once = await sealed(
      await signed(Buffer.from('From: anna@example.com\r\nSubject: x\r\n\r\nText\r\n')),
      'none',
    );
    const changed = Buffer.from(once.toString('latin1').replace('Subject: x', 'Subject: [x] x'), 'latin1');
    const twice = await sealed(changed, 'pass');
    const chains = verifyByDkimpy(python, [once, changed, twice], texts).map(({ arc }) => arc);
    expect(chains).to.deep.equal(['pass', 'fail', 'pass']);
  });
});

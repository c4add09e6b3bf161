import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { hashPassword } from '@mailpair/shared/config/passwords';
import { composeMessage } from '../../support/messages.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** Ways that relays have been talked into carrying a stranger's mail to relayed@example.net. */
const tricks = [
  'relayed@example.net',
  'relayed%example.net@example.com',
  '"relayed@example.net"@example.com',
  '"relayed%example.net"@example.com',
  'example.net!relayed@example.com',
  '"example.net!relayed"@example.com',
  '@example.com:relayed@example.net',
  '@example.com,@mx-in.example.com:relayed@example.net',
  'relayed@example.net@example.com',
  'relayed@[127.0.0.1]',
  'relayed@[IPv6:::1]',
  'relayed@mx-in.example.com',
  'relayed@mx-out.example.com',
  'relayed@localhost',
  'relayed@example.com.',
  'relayed',
  '"relayed@example.net"',
  'relayed@example.com@example.net',
  'relayed(@example.com)@example.net',
];
/** Names for a mailbox of ours: a trailing dot is the same domain. */
const harmless = new Set(['relayed@example.com.']);

describe('no open relay', () => {
  const pair = usePair();

  before(async () => {
    const { directory, configure, outbound } = pair();
    const users = join(directory, 'users');
    writeFileSync(users, `anna:${await hashPassword('right')}\n`);
    configure({ 'outbound.trusted': ['127.0.0.1'], 'outbound.users': users, 'submitters.from': 'none' });
    await outbound.stop();
    await outbound.start();
  });

  /** The submission listener, from an address that is not trusted. */
  const stranger = (): Target => ({ ...pair().submission, localAddress: '127.0.0.2' });

  for (const mx of ['mxIn', 'mxOut'] as const)
    for (const trick of tricks)
      it(`${mx} does not fall for RCPT TO:<${trick}>`, async () => {
        const { local, internet } = pair();
        const client = await SmtpClient.greet(pair()[mx]);
        for (const from of ['stranger@sender.test', '', 'anna@example.com', 'anna@mx-out.example.com']) {
          await client.say(`MAIL FROM:<${from}>`);
          const { code } = await client.say(`RCPT TO:<${trick}>`);
          if (harmless.has(trick)) expect(code).to.equal(250);
          else expect(code, `from <${from}>`).to.be.within(500, 559);
          await client.say('RSET');
        }
        await client.quit();
        expect(local.deliveries.length + internet.deliveries.length).to.equal(0);
      });

  it('a stranger may not submit without a password', async () => {
    const client = await SmtpClient.greet(stranger());
    const { code, text } = await client.say('MAIL FROM:<anna@example.com>');
    expect(code).to.equal(530);
    expect(text).to.match(/^5\.7\.0 Authentication required/);
    expect(await client.say('RCPT TO:<bert@example.net>')).to.include({ code: 503 });
    await client.quit();
  });

  it('nor with a wrong one, nor in the open with the right one', async () => {
    const client = await SmtpClient.greet(stranger());
    const plain = (password: string): string => Buffer.from(`\0anna\0${password}`).toString('base64');
    const open = await client.say(`AUTH PLAIN ${plain('right')}`);
    expect(open.code).to.be.within(500, 559);
    await client.startTls();
    await client.say('EHLO client.test');
    const { code, text } = await client.say(`AUTH PLAIN ${plain('wrong')}`);
    expect(code).to.equal(535);
    expect(text).to.include('password is wrong');
    expect(await client.say('MAIL FROM:<anna@example.com>')).to.include({ code: 530 });
    await client.quit();
  });

  it('but with the right one over TLS', async () => {
    const { internet } = pair();
    const client = await SmtpClient.greet(stranger());
    await client.startTls();
    await client.say('EHLO client.test');
    const login = Buffer.from('\0anna\0right').toString('base64');
    expect(await client.say(`AUTH PLAIN ${login}`)).to.include({ code: 235 });
    const message = composeMessage('plain', { from: 'anna@example.com', to: ['bert@example.net'] });
    expect(await client.say('MAIL FROM:<anna@example.com>')).to.include({ code: 250 });
    expect(await client.say('RCPT TO:<bert@example.net>')).to.include({ code: 250 });
    expect(await client.data(message.octets)).to.include({ code: 250 });
    await client.quit();
    await internet.until((all) => all.some(({ id }) => id === message.id));
    expect(internet.deliveries.at(-1)?.head).to.match(/with ESMTPSA /);
  });
});

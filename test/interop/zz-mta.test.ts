import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { startDns } from '../support/dns-server.ts';
import { openLocalServer } from '../support/local-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { openPostfixServer } from './postfix-server.ts';
import { openExim, openPlainExim } from './exim-instance.ts';
import { openSendmail } from './sendmail-instance.ts';
import { openOpenSmtpd } from './opensmtpd-instance.ts';

const kinds = { postfix: openPostfixServer, exim: openExim, eximsplit: (o: any) => openExim(o, true), plain: openPlainExim, sendmail: openSendmail, opensmtpd: openOpenSmtpd };
describe('mtas', () => {
  for (const [name, open] of Object.entries(kinds)) it(name, async () => {
    const world = await openLocalServer({ host: '127.0.0.71', port: 25 } as any);
    const dns = await startDns({ 'example.net': { MX: [[10, 'mx.example.net']] }, 'mx.example.net': { A: ['127.0.0.71'] }, 'mail.example.com': {A:['127.0.0.30']} , 'example.com': {MX: [[10,'mail.example.com']]}}, { host: '127.0.0.53', port: 53 });
    let server;
    try {
      server = await open({ name: 'mail.example.com', domain: 'example.com', users: { anna: 'secret' }, address: '127.0.0.30', port: 2525, submissionPort: 2587, resolver: '127.0.0.53' });
      await server.send(composeMessage('plain', { from: 'anna@example.com', to: ['anna@example.com'] }));
      await server.until('anna', 1);
      // stranger in
      const c = await SmtpClient.greet({ host: '127.0.0.30', port: 2525, localAddress: '127.0.0.66' });
      console.log((await c.say('MAIL FROM:<x@example.net>')).text, (await c.say('RCPT TO:<anna@example.com>')).text, (await c.data(Buffer.from('Subject: x\r\n\r\nhello\r\n'))).text);
      await c.quit();
      console.log((await server.until('anna', 2))[1]);
      // user out
      const u = await SmtpClient.greet({ host: '127.0.0.30', port: 2587, localAddress: '127.0.0.67' });
      await u.startTls(); await u.say('EHLO x');
      console.log((await u.say('AUTH PLAIN ' + Buffer.from('\0anna\0secret').toString('base64'))));
      console.log((await u.say('MAIL FROM:<anna@example.com>')).text, (await u.say('RCPT TO:<x@example.net>')).text, (await u.data(Buffer.from('Subject: x\r\n\r\nhello\r\n'))).text);
      for (let i = 0; i < 80 && world.deliveries.length === 0; i++) await new Promise((r) => setTimeout(r, 100));
      console.log(world.deliveries.length, await server.queue());
      expect(world.deliveries.length).to.equal(1);
    } catch (e) { console.log(e, await server?.log(), await server?.queue()); throw e; } finally { await server?.close(); await dns.close(); await world.stop(); }
  });
});

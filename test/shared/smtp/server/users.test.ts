import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withListener } from '../../../support/recording-listener.ts';
import { SmtpClient, type Reply } from '../../../support/smtp-client.ts';

const RIGHT = Buffer.from('\0me\0secret').toString('base64');

describe('Sessions of one user', () => {
  it('are so many at a time as it may have, those that ended not counted', async () => {
    const options = { role: 'submission', limits: { connectionsPerUser: 2 } } as const;
    await withListener(options, async (listener) => {
      const logIn = async (): Promise<{ client: SmtpClient; reply: Reply }> => {
        const client = await SmtpClient.greet(listener.address);
        await client.startTls();
        await client.say('EHLO client.test');
        return { client, reply: await client.say(`AUTH PLAIN ${RIGHT}`) };
      };
      const [first, second, third] = [await logIn(), await logIn(), await logIn()];
      expect([first, second, third].map(({ reply }) => reply.code)).to.deep.equal([235, 235, 454]);
      expect(third.reply.text).to.match(/^4\.7\.0 Too many sessions of this user/);
      expect(listener.refused.at(-1)).to.include({ code: 454 });
      expect((await third.client.say('NOOP')).code).to.equal(250);
      await first.client.quit();
      await listener.until(() => listener.closed.length === 1);
      expect((await third.client.say(`AUTH PLAIN ${RIGHT}`)).code).to.equal(235);
      for (const { client } of [second, third]) await client.quit();
    });
  });

  it('are not counted where it is gone before its password was looked at', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: gone, resolve: go } = Promise.withResolvers<void>();
    let isFirst = true;
    const authenticate = async (): Promise<boolean> => {
      if (isFirst) {
        isFirst = false;
        ask();
        await gone;
      }
      return true;
    };
    const options = {
      role: 'submission',
      limits: { connectionsPerUser: 1 },
      hooks: { authenticate },
    } as const;
    await withListener(options, async (listener) => {
      const client = await SmtpClient.greet(listener.address);
      await client.startTls();
      await client.say('EHLO client.test');
      client.send(`AUTH PLAIN ${RIGHT}\r\n`);
      await asked;
      client.destroy();
      await listener.until(() => listener.closed.length === 1);
      go();
      const other = await SmtpClient.greet(listener.address);
      await other.startTls();
      await other.say('EHLO client.test');
      expect((await other.say(`AUTH PLAIN ${RIGHT}`)).code).to.equal(235);
      await other.quit();
    });
  });

  it('are not idle while a password is looked at', async () => {
    const { promise: looked, resolve: look } = Promise.withResolvers<boolean>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const authenticate = (): Promise<boolean> => {
      ask();
      return looked;
    };
    await withListener({ role: 'submission', hooks: { authenticate } }, async (listener) => {
      const client = await SmtpClient.greet(listener.address);
      await client.startTls();
      await client.say('EHLO client.test');
      const answer = client.say(`AUTH PLAIN ${RIGHT}`);
      await asked;
      listener.clock.advance(2 * listener.options.smtp.commandTimeoutMs);
      await listener.clock.read(3);
      look(true);
      expect(await answer).to.include({ code: 235 });
      await listener.clock.read(3);
      expect(await client.say('NOOP')).to.include({ code: 250 });
      await client.quit();
    });
  });
});

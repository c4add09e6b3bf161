import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** So many sessions that each worker has some. */
const SESSIONS = 16;

describe('signals to a gateway with several workers', () => {
  const pair = usePair({ start: ['inbound'], config: { 'inbound.workers': 2 } });
  const greet = (): Promise<SmtpClient[]> =>
    Promise.all(Array.from({ length: SESSIONS }, () => SmtpClient.greet(pair().mxIn)));

  it('SIGHUP: all of them read the configuration again, and no session ends', async () => {
    const { inbound, configure } = pair();
    const sessions = await greet();
    for (const session of sessions) {
      await session.say('MAIL FROM:<bert@sender.test>');
      expect(await session.say('RCPT TO:<anna@example.org>')).to.include({ code: 550 });
    }
    configure({ domains: ['example.com', 'example.org'] });
    inbound.signal('SIGHUP');
    await inbound.until(() => inbound.logged('gateway.reloaded').length === 2);
    for (const session of sessions) {
      expect(await session.say('RCPT TO:<anna@example.org>')).to.include({ code: 250 });
      await session.quit();
    }
  });

  it('SIGTERM: each finishes what is under way, nobody new is let in, exit code 0', async () => {
    const { inbound, local, mxIn } = pair();
    const sessions = await greet();
    const messages = sessions.map((_, n) =>
      composeMessage('plain', { from: 'bert@sender.test', to: [`a${n}@example.com`] }),
    );
    let ready = 0;
    const stopped = Promise.withResolvers<void>();
    const replies = await Promise.all(
      sessions.map(async (session, n) => {
        await session.say('MAIL FROM:<bert@sender.test>');
        await session.say(`RCPT TO:<a${n}@example.com>`);
        return session.data(messages[n]!.octets, async () => {
          if ((ready += 1) === SESSIONS) {
            inbound.signal('SIGTERM');
            await inbound.until(() => inbound.logged('gateway.stopping').length === 3);
            await SmtpClient.connect(mxIn).then(
              () => expect.fail('a new session was let in'),
              () => undefined,
            );
            stopped.resolve();
          }
          await stopped.promise;
        });
      }),
    );
    expect(replies.map(({ code }) => code)).to.deep.equal(Array(SESSIONS).fill(250));
    expect(await inbound.stop()).to.equal(0);
    const arrived = new Set(local.deliveries.map(({ id }) => id));
    expect(messages.filter(({ id }) => !arrived.has(id))).to.deep.equal([]);
  });

  it('SIGKILL of the supervisor: its workers finish what is under way and end', async () => {
    const { inbound, local, mxIn } = pair();
    await inbound.start();
    const session = await SmtpClient.greet(mxIn);
    const message = composeMessage('plain', { from: 'bert@sender.test', to: ['last@example.com'] });
    await session.say('MAIL FROM:<bert@sender.test>');
    await session.say('RCPT TO:<last@example.com>');
    const before = inbound.logged('gateway.stopped').length;
    const reply = await session.data(message.octets, async () => {
      inbound.signal('SIGKILL');
      await inbound.until(
        ({ event, signal }) => event === 'gateway.stopping' && signal === 'supervisor gone',
      );
    });
    expect(reply.code).to.equal(250);
    expect(local.deliveries.at(-1)?.id).to.equal(message.id);
    await inbound.until(() => inbound.logged('gateway.stopped').length === before + 2);
    await inbound.start();
  });
});

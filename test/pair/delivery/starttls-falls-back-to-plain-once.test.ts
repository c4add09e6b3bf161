import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { composeMessage } from '../../support/messages.ts';
import { queueLength } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { openSink, type Sink } from '../../support/smtp-sink.ts';
import { usePair } from '../../support/use-pair.ts';

describe('STARTTLS', () => {
  const pair = usePair({ start: ['outbound'] });
  let works: Sink;
  let fails: Sink;
  const opened: Sink[] = [];

  before(async () => {
    const certificate = await selfSigned(['sink.example']);
    works = await openSink({ certificate });
    fails = await openSink({ certificate, brokenTls: true });
    opened.push(works, fails);
    const { configure, outbound } = pair();
    configure({
      routes: {
        'works.test': `smtp://127.0.0.1:${works.port}`,
        'fails.test': `smtp://127.0.0.1:${fails.port}`,
        'must.test': `smtp://127.0.0.1:${fails.port}?tls=encrypt`,
        'verified.test': `smtp://127.0.0.1:${works.port}?tls=verify`,
      },
    });
    await outbound.stop();
    await outbound.start();
  });
  after(() => Promise.all(opened.map((sink) => sink.close())));

  const send = (domain: string) =>
    sendOnce(
      pair().submission,
      composeMessage('plain', { from: 'anna@example.com', to: [`bert@${domain}`] }),
    );
  const relayed = (domain: string) =>
    pair().outbound.until(
      ({ event, recipient }) => event === 'recipient.relayed' && recipient === `bert@${domain}`,
    );

  it('is used where it is offered, whatever the certificate', async () => {
    await send('works.test');
    expect(await relayed('works.test')).to.include({ tls: true });
    expect(works.messages[0]?.session.secure).to.equal(true);
  });

  it('that fails is followed by one plain session, at once', async () => {
    await send('fails.test');
    expect(await relayed('fails.test')).to.include({ tls: false });
    expect(fails.messages).to.have.length(1);
    expect(fails.sessions.length).to.equal(2);
    await pair().outbound.until(({ event }) => event === 'send.plain');
    expect(pair().outbound.logged('send.plain')).to.have.length(1);
  });

  it('is never left out where the route asks for it, or for a valid certificate', async () => {
    const [plain, secure] = [fails.messages.length, works.messages.length];
    for (const domain of ['must.test', 'verified.test']) {
      await send(domain);
      await pair().outbound.until(
        ({ event, recipient }) => event === 'recipient.deferred' && recipient === `bert@${domain}`,
      );
    }
    expect([fails.messages.length, works.messages.length]).to.deep.equal([plain, secure]);
    expect(await queueLength(pair(), 'outbound')).to.equal(2);
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** So many that both workers are given some. */
const CONNECTIONS = 16;
/** Each by a connection of its own. */
const QUESTIONS = 20;

describe('the face of a gateway that is told to end', () => {
  const pair = usePair({ start: ['inbound'], config: { 'inbound.workers': 2 } });

  /** The face is stopped meanwhile, so whoever greets is the other. */
  async function sessionOfTheOther(): Promise<SmtpClient> {
    const { inbound, mxIn } = pair();
    const [face] = inbound.workers();
    process.kill(face!, 'SIGSTOP');
    const connections = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => SmtpClient.connect(mxIn)),
    );
    const greeted = connections.map((session) => session.greeting.then(() => session));
    const first = await Promise.any(greeted);
    await first.say('EHLO client.test');
    for (const session of connections) if (session !== first) session.destroy();
    await Promise.allSettled(greeted);
    process.kill(face!, 'SIGCONT');
    return first;
  }

  it('answers over HTTP until the others have ended', async () => {
    const { inbound, get } = pair();
    const session = await sessionOfTheOther();
    const message = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
    await session.say('MAIL FROM:<bert@sender.test>');
    await session.say('RCPT TO:<anna@example.com>');
    const reply = await session.data(message.octets, async () => {
      inbound.signal('SIGTERM');
      await inbound.until(() => inbound.logged('gateway.stopping').length === 3);
      for (let asked = 0; asked < QUESTIONS; asked += 1)
        expect(await get('inbound', '/healthz/details')).to.include({ draining: true });
      expect(await get('inbound', '/metrics')).to.match(/^mailpair_workers(\{.*\})? 2$/m);
    });
    expect(reply.code).to.equal(250);
    await inbound.until(({ event, worker }) => event === 'gateway.stopped' && worker === undefined);
    expect(inbound.logged('gateway.stopped').map(({ worker }) => worker)).to.deep.equal([1, 0, undefined]);
    expect(inbound.logged('gateway.cut-off')).to.deep.equal([]);
  });

  it('ends at once where it alone is told to, and is started again', async () => {
    const { inbound } = pair();
    await inbound.start();
    const [face] = inbound.workers();
    process.kill(face!, 'SIGTERM');
    expect(await inbound.until(({ event }) => event === 'worker.ended')).to.include({ pid: face, code: 0 });
    await inbound.until(() => inbound.logged('worker.started').length === 5);
    expect(inbound.logged('gateway.cut-off')).to.deep.equal([]);
  });
});

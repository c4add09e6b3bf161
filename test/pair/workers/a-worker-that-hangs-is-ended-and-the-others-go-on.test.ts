import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { Disconnected, SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** The next message that a worker takes makes it compute for ever. */
const MESSAGES = 4;
const SESSIONS = 16;

describe('a worker that hangs', () => {
  const pair = usePair({
    start: ['outbound'],
    config: { 'outbound.workers': 2, 'workers.hangAfter': '3s' },
    env: { MAILPAIR_FAILPOINTS: `intake.received=spin@${MESSAGES + 1}` },
  });
  const compose = (from: string) => composeMessage('plain', { from, to: ['bert@example.net'] });

  async function send(session: SmtpClient, message: ReturnType<typeof compose>): Promise<number> {
    await session.say(`MAIL FROM:<${message.from}>`);
    await session.say('RCPT TO:<bert@example.net>');
    return (await session.data(message.octets)).code;
  }

  /** Of those that answer at all. */
  const whoAnswers = (sessions: readonly SmtpClient[]): Promise<SmtpClient> =>
    Promise.any(sessions.map((session) => session.say('NOOP').then(() => session)));

  it('is ended and started anew, and what it had acknowledged arrives; the other goes on meanwhile', async () => {
    const { outbound, submission, internet } = pair();
    internet.manners.message = ({ from }) => (from === 'anna@example.com' ? '451 4.3.0 Not now' : undefined);
    const one = await SmtpClient.greet(submission);
    const acknowledged = Array.from({ length: MESSAGES }, () => compose('anna@example.com'));
    for (const message of acknowledged) expect(await send(one, message)).to.equal(250);
    const { worker } = await outbound.until(({ event }) => event === 'recipient.deferred');
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => SmtpClient.greet(submission)));

    const lost = send(one, compose('anna@example.com')).then(
      () => expect.fail('the message that makes it hang was answered'),
      (error: unknown) => expect(error).to.be.instanceOf(Disconnected),
    );
    await eventually(
      () => outbound.said,
      (said) => said.includes('intake.received spin'),
    );
    const hangs = outbound.until(({ event }) => event === 'worker.hangs');
    const other = await whoAnswers(sessions);
    const meanwhile = compose('carl@example.com');
    expect(await send(other, meanwhile)).to.equal(250);
    await internet.until((all) => all.some(({ id }) => id === meanwhile.id));
    expect(outbound.logged('worker.hangs')).to.deep.equal([]);

    const pid = outbound.workers()[Number(worker)];
    expect(await hangs).to.include({ worker, pid, state: 'runs' });
    internet.manners = {};
    await lost;
    expect(await outbound.until(({ event }) => event === 'worker.ended')).to.include({
      worker,
      signal: 'SIGKILL',
    });
    await outbound.until(() => outbound.logged('worker.started').length === 3);
    await internet.until((all) => all.length === MESSAGES + 1);
    expect(internet.deliveries.map(({ id }) => id)).to.have.members([
      ...acknowledged.map(({ id }) => id),
      meanwhile.id,
    ]);
    expect((await other.say('NOOP')).code).to.equal(250);
    for (const session of sessions) session.destroy();
  });

  it('is let be where somebody stopped it, and goes on when he lets it', async () => {
    const { outbound, submission } = pair();
    const pid = outbound.workers()[1]!;
    process.kill(pid, 'SIGSTOP');
    expect(await outbound.until(({ event }) => event === 'worker.silent')).to.include({ state: 'stopped' });
    const sessions = Promise.all(Array.from({ length: SESSIONS }, () => SmtpClient.greet(submission)));
    process.kill(pid, 'SIGCONT');
    for (const session of await sessions) await session.quit();
    expect(outbound.logged('worker.hangs')).to.have.length(1);
  });
});

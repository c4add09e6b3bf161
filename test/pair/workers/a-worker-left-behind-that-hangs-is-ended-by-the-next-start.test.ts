import { isRunning, startOf } from '@mailpair/shared/platform/process/process-start';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { killProcess } from '../../support/gateway-process.ts';
import { eventually } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const SESSIONS = 16;

describe('a worker that hangs when its supervisor is killed', () => {
  const pair = usePair({
    start: ['outbound'],
    config: { 'outbound.workers': 2, shutdownTimeout: '1s' },
    env: { MAILPAIR_FAILPOINTS: 'intake.received=spin@2' },
  });
  let hanging = 0;
  after(() => hanging > 0 && killProcess(hanging));

  it('is ended by the next start, which serves its slot and all that connect', async () => {
    const { outbound, submission, internet } = pair();
    const [kept, lost] = [1, 2].map(() =>
      composeMessage('plain', { from: 'anna@example.com', to: ['bert@example.net'] }),
    );
    internet.manners.message = () => '451 4.3.0 Not now';
    const session = await SmtpClient.greet(submission);
    const send = async (octets: Buffer): Promise<number> => {
      await session.say('MAIL FROM:<anna@example.com>');
      await session.say('RCPT TO:<bert@example.net>');
      return (await session.data(octets)).code;
    };
    expect(await send(kept!.octets)).to.equal(250);
    const { worker } = await outbound.until(({ event }) => event === 'recipient.deferred');
    hanging = outbound.workers()[Number(worker)]!;
    const start = startOf(hanging);
    const cut = send(lost!.octets).catch(() => undefined);
    await eventually(
      () => outbound.said,
      (said) => said.includes('intake.received spin'),
    );
    outbound.signal('SIGKILL');
    await outbound.until(({ event }) => event === 'gateway.stopped');
    expect(isRunning(hanging, start)).to.equal(true);

    internet.manners = {};
    await outbound.start();
    await cut;
    expect(outbound.logged('worker.hangs').map(({ pid }) => pid)).to.deep.equal([hanging]);
    expect(isRunning(hanging, start)).to.equal(false);
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => SmtpClient.greet(submission)));
    for (const other of sessions) await other.quit();
    await internet.until((all) => all.some(({ id }) => id === kept!.id));
  });
});

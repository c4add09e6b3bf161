import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { killProcess } from '../../support/gateway-process.ts';
import { countMail, type Kill } from '../../support/ledger.ts';
import { batch, expectAllArrived, putSomeOff } from '../../support/mail-under-kills.ts';
import { INBOUND, OUTBOUND } from '../../support/pair.ts';
import { openSenders, type Senders } from '../../support/senders.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const KILLS = 6;

describe('kill -9 of a worker under load', () => {
  const pair = usePair({ config: { 'inbound.workers': 2, 'outbound.workers': 2 } });
  const open: Senders[] = [];
  after(() => {
    for (const senders of open) senders.close();
  });

  it(`${KILLS} times: every message answered 250 arrives, and the gateway goes on`, async function () {
    this.timeout(90_000);
    const { inbound, outbound, local, internet, mxIn, submission } = pair();
    const strangers = openSenders({ targets: () => [mxIn], retryMs: 50 });
    const submitters = openSenders({ targets: () => [submission], retryMs: 50 });
    open.push(strangers, submitters);
    putSomeOff(local, internet);

    const kills: Kill[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      strangers.send(...batch('stranger@sender.test', 'example.com'));
      submitters.send(...batch('anna@example.com', 'example.net'));
      await sleep(100 + Math.random() * 200);
      const gateway = round % 2 === 0 ? inbound : outbound;
      const worker = Math.floor(round / 2) % 2;
      const ended = gateway.logged('worker.ended').length;
      const started = gateway.logged('worker.started').length;
      kills.push({ host: gateway === inbound ? INBOUND : OUTBOUND, at: Date.now() });
      killProcess(gateway.workers()[worker]!);
      await gateway.until(() => gateway.logged('worker.ended').length > ended);
      await gateway.until(() => gateway.logged('worker.started').length > started);
    }
    await Promise.all([strangers.idle(), submitters.idle()]);
    await local.until(() => countMail(strangers.sent, local.deliveries, kills).lost === 0);
    await internet.until(() => countMail(submitters.sent, internet.deliveries, kills).lost === 0);

    expectAllArrived(strangers, local, kills);
    expectAllArrived(submitters, internet, kills);
  });

  it('ends its sessions only; those of the other go on', async () => {
    const { inbound, mxIn } = pair();
    const sessions = await Promise.all(Array.from({ length: 16 }, () => SmtpClient.greet(mxIn)));
    const ended = inbound.logged('worker.ended').length;
    killProcess(inbound.workers()[1]!);
    await inbound.until(() => inbound.logged('worker.ended').length > ended);
    const answers = await Promise.allSettled(sessions.map((session) => session.say('NOOP')));
    const alive = answers.filter(({ status }) => status === 'fulfilled').length;
    expect(alive).to.be.within(1, 15);
    for (const session of sessions) session.destroy();
  });
});

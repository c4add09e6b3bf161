import { setTimeout as sleep } from 'node:timers/promises';
import { after, describe, it } from 'mocha';
import type { Kill } from '../../support/ledger.ts';
import { batch, expectAllArrived, putSomeOff } from '../../support/mail-under-kills.ts';
import { INBOUND, OUTBOUND } from '../../support/pair.ts';
import { queueOf } from '../../support/queue.ts';
import { mxTargets, openSenders, type Senders } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

const KILLS = 10;

describe('kill -9 of either gateway under load', () => {
  const pair = usePair();
  const open: Senders[] = [];
  after(() => {
    for (const senders of open) senders.close();
  });

  it(`${KILLS} times at random moments: every message answered 250 arrives`, async function () {
    this.timeout(90_000);
    const { inbound, outbound, local, internet, dns, mxIn, mxOut, submission } = pair();
    const ports = { [INBOUND]: mxIn.port, [OUTBOUND]: mxOut.port };
    const strangers = openSenders({
      targets: () => mxTargets(dns.address, 'example.com', ports),
      retryMs: 50,
    });
    const submitters = openSenders({ targets: () => [submission], retryMs: 50 });
    open.push(strangers, submitters);
    putSomeOff(local, internet);

    const kills: Kill[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      strangers.send(...batch('stranger@sender.test', 'example.com'));
      submitters.send(...batch('anna@example.com', 'example.net'));
      await sleep(50 + Math.random() * 250);
      const victim = round % 2 === 0 ? inbound : outbound;
      kills.push({ host: victim === inbound ? INBOUND : OUTBOUND, at: Date.now() });
      await victim.kill9();
      await victim.start();
    }
    await Promise.all([strangers.idle(), submitters.idle()]);
    await Promise.all([queueOf(pair(), 'inbound', 0), queueOf(pair(), 'outbound', 0)]);

    expectAllArrived(strangers, local, kills);
    expectAllArrived(submitters, internet, kills);
  });
});

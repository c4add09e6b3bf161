import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { countMail, type Kill } from '../support/ledger.ts';
import { composeMessage, type Shape, type TestMessage } from '../support/messages.ts';
import { INBOUND, OUTBOUND } from '../support/pair.ts';
import { queueOf } from '../support/queue.ts';
import { mxTargets, openSenders, type Senders } from '../support/senders.ts';
import { usePair } from '../support/use-pair.ts';

const KILLS = 10;
const shapes: readonly Shape[] = ['plain', '8-bit', 'dots', 'multipart', 'plain', 'middling', 'empty body'];

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
    // Some is put off, so that both have mail in their queues whenever they are killed.
    const putOff = (): string | undefined => (Math.random() < 0.2 ? '451 4.3.0 Come again' : undefined);
    local.manners.message = putOff;
    internet.manners.message = putOff;

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

    for (const [senders, server] of [
      [strangers, local],
      [submitters, internet],
    ] as const) {
      const count = countMail(senders.sent, server.deliveries, kills);
      const { sent, arrived, altered, duplicated, lost } = count;
      expect({ arrived, altered, duplicated, lost }, count.faults.join('\n')).to.deep.equal({
        arrived: sent,
        altered: 0,
        duplicated: 0,
        lost: 0,
      });
    }
  });
});

const batch = (from: string, domain: string): TestMessage[] =>
  Array.from({ length: 60 }, (_, index) =>
    composeMessage(shapes[index % shapes.length]!, {
      from,
      to: index % 10 === 0 ? [`a${index}@${domain}`, `b${index}@${domain}`] : [`a${index}@${domain}`],
    }),
  );

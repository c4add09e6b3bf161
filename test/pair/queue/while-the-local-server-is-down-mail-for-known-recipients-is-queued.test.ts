import { expect } from 'chai';
import { describe, it } from 'mocha';
import { countMail } from '../../support/ledger.ts';
import { strangersShapes, composeMessage } from '../../support/messages.ts';
import { queueLength, queueOf } from '../../support/queue.ts';
import { sendOnce, type Sent } from '../../support/senders.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('while the local server is down', () => {
  const pair = usePair({ start: ['inbound'] });
  const sent: Sent[] = [];
  const send = async (shape: (typeof strangersShapes)[number]): Promise<Sent> => {
    const message = composeMessage(shape, { from: 'bert@sender.test', to: ['anna@example.com'] });
    const record = await sendOnce(pair().mxIn, message);
    sent.push(record);
    return record;
  };

  it('mail for known recipients is queued', async () => {
    await send('plain');
    await pair().local.stop();
    for (const shape of strangersShapes.filter((each) => each !== 'UTF-8 address')) {
      const { accepted } = await send(shape);
      expect(accepted.size, shape).to.equal(1);
    }
    expect(await queueLength(pair(), 'inbound')).to.equal(strangersShapes.length - 1);
  });

  it('mail for unknown ones is deferred, never refused', async () => {
    const client = await SmtpClient.greet(pair().mxIn);
    await client.say('MAIL FROM:<bert@sender.test>');
    const { code, text } = await client.say('RCPT TO:<unheard-of@example.com>');
    expect(code).to.equal(450);
    expect(text).to.match(/^4\.1\.1 .*cannot be verified/);
    await client.quit();
  });

  it('the queue survives a restart and drains once the local server is back', async () => {
    const { local, inbound } = pair();
    expect(await inbound.stop()).to.equal(0);
    await inbound.start();
    await local.start();
    await local.until((all) => all.length >= sent.length);
    await queueOf(pair(), 'inbound', 0);
    const { arrived, altered, duplicated, lost, faults } = countMail(sent, local.deliveries);
    expect({ arrived, altered, duplicated, lost }, faults.join()).to.deep.equal({
      arrived: sent.length,
      altered: 0,
      duplicated: 0,
      lost: 0,
    });
  });
});

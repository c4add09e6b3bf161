import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { countMail } from '../../support/ledger.ts';
import { composeMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

const MESSAGES = 40;

describe('fewer workers than before', () => {
  const pair = usePair({
    start: ['outbound'],
    config: { 'outbound.workers': 3, 'queue.retryFirst': '3s', 'queue.retryMax': '3s' },
  });

  it('deliver what the others had in their queues, each message once', async () => {
    const { outbound, internet, submission, configure, directory } = pair();
    internet.manners.message = () => '451 4.3.0 Come again';
    const messages = Array.from({ length: MESSAGES }, (_, n) =>
      composeMessage(n % 5 === 0 ? 'middling' : 'plain', {
        from: 'anna@example.com',
        to: [`a${n}@example.net`],
      }),
    );
    const sent = await Promise.all(messages.map((message) => sendOnce(submission, message)));
    expect(sent.filter(({ accepted }) => accepted.size === 1)).to.have.length(MESSAGES);
    expect(await outbound.stop()).to.equal(0);
    internet.manners.message = () => undefined;
    configure({ 'outbound.workers': 1 });
    await outbound.start();
    const adopted = outbound.logged('slot.adopted').map(({ queued }) => Number(queued));
    expect(adopted).to.have.length(2);
    expect(Math.min(...adopted)).to.be.greaterThan(0);
    expect(existsSync(join(directory, 'outbound/slots/1'))).to.equal(false);
    await queueOf(pair(), 'outbound', 0);
    expect(countMail(sent, internet.deliveries)).to.include({
      arrived: MESSAGES,
      altered: 0,
      duplicated: 0,
      lost: 0,
    });
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a delay warning', () => {
  const pair = usePair({
    start: ['outbound'],
    config: { 'queue.warnAfter': '1s', 'queue.retryFirst': '300ms', 'queue.retryMax': '300ms' },
  });

  it('is sent once, however often the message is put off after it', async () => {
    const { local, internet, outbound, submission } = pair();
    internet.manners.rcpt = () => '450 4.2.0 Greylisted';
    const message = composeMessage('plain', { from: 'anna@example.com', to: ['bert@example.net'] });
    const silent = composeMessage('plain', { from: 'anna@example.com', to: ['carl@example.net'] });
    await sendOnce(submission, message);
    await sendOnce(submission, { ...silent, rcptParameters: ' NOTIFY=FAILURE' });
    await local.until((all) => all.length > 0);
    const attempts = (): number => outbound.logged('recipient.deferred').length;
    const before = attempts();
    await outbound.until(() => attempts() >= before + 6);

    internet.manners = {};
    await queueOf(pair(), 'outbound', 0);
    expect(local.deliveries).to.have.length(1);
    const [{ head, id, to }] = local.deliveries as [(typeof local.deliveries)[0]];
    expect({ id, to }).to.deep.equal({ id: message.id, to: ['anna@example.com'] });
    expect(head).to.include('Action: delayed').and.include('Will-Retry-Until:');
    expect(internet.deliveries.map((delivery) => delivery.id)).to.have.members([message.id, silent.id]);
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { queueLength } from '../../support/queue.ts';
import { openSenders, sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a recipient that vanished is refused, not bounced', () => {
  const pair = usePair({ start: ['inbound'] });
  const to = ['stays@example.com', 'leaves@example.com'];

  it('although it was known a moment ago', async () => {
    const { local, mxIn } = pair();
    await sendOnce(mxIn, composeMessage('plain', { from: 'bert@sender.test', to }));
    local.manners.rcpt = (address) =>
      address.startsWith('leaves') ? '550 5.1.1 No longer with us' : undefined;

    const message = composeMessage('plain', { from: 'bert@sender.test', to });
    const sender = openSenders({ targets: () => [mxIn], retryMs: 10 });
    sender.send(message);
    await sender.idle();
    const [record] = sender.sent;
    expect(record?.refused.get('leaves@example.com')).to.include({ code: 550 });
    expect([...record!.accepted.keys()]).to.deep.equal(['stays@example.com']);
    sender.close();

    expect(await queueLength(pair(), 'inbound')).to.equal(0);
    expect(local.deliveries.filter(({ isNotice }) => isNotice)).to.deep.equal([]);
    const copies = local.deliveries.filter(({ id }) => id === message.id);
    expect(copies.map((copy) => copy.to)).to.deep.equal([['stays@example.com']]);
  });
});

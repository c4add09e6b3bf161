import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { INBOUND } from '../../support/pair.ts';
import { queueLength, queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a local server that hangs at the final dot', () => {
  const pair = usePair({ start: ['inbound'], config: { 'send.relayTimeout': '1s' } });

  it('keeps the client waiting for relayTimeout only; the message is queued and arrives once', async () => {
    const { local, mxIn } = pair();
    const to = ['anna@example.com'];
    await sendOnce(mxIn, composeMessage('plain', { from: 'bert@sender.test', to }));
    local.hold(INBOUND);
    const message = composeMessage('plain', { from: 'bert@sender.test', to });
    const { accepted } = await sendOnce(mxIn, message);
    expect(accepted.size).to.equal(1);
    expect(await queueLength(pair(), 'inbound')).to.equal(1);
    local.release();
    await queueOf(pair(), 'inbound', 0);
    expect(local.deliveries.filter(({ id }) => id === message.id)).to.have.length(1);
  });
});

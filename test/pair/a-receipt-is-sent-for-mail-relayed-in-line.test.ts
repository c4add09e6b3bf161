import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { queueOf } from '../support/queue.ts';
import { sendOnce } from '../support/senders.ts';
import { usePair } from '../support/use-pair.ts';

describe('a sender who asks to be told of success', () => {
  const pair = usePair({ start: ['inbound'] });

  it('gets a receipt for mail relayed in line to a local server that gives none', async () => {
    const { inbound, internet, local, mxIn } = pair();
    local.manners.lacks = 'DSN';
    const plain = composeMessage('plain', { from: 'anna@example.net', to: ['bert@example.com'] });
    await sendOnce(mxIn, { ...plain, rcptParameters: ' NOTIFY=SUCCESS' });
    await local.until((all) => all.some(({ id }) => id === plain.id));
    await internet.until((all) => all.some(({ isNotice }) => isNotice));
    await queueOf(pair(), 'inbound', 0);
    const [notice] = internet.deliveries;
    expect(notice).to.deep.include({ from: '', to: ['anna@example.net'] });
    expect(notice?.head).to.include('Action: relayed');
    await inbound.until(({ event }) => event === 'dsn.queued');
  });

  it('and no other does', async () => {
    const { internet, local, mxIn } = pair();
    const plain = composeMessage('plain', { from: 'anna@example.net', to: ['bert@example.com'] });
    await sendOnce(mxIn, { ...plain, rcptParameters: ' NOTIFY=FAILURE' });
    await local.until((all) => all.some(({ id }) => id === plain.id));
    await queueOf(pair(), 'inbound', 0);
    expect(internet.deliveries).to.have.length(1);
  });
});

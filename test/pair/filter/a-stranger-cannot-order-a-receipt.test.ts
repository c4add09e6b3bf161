import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a stranger who asks to be told of success', () => {
  const pair = usePair({ start: ['inbound', 'outbound'] });

  it('is refused the parameter on both MX, and no notice leaves', async () => {
    const { inbound, outbound, internet, local, mxIn, mxOut } = pair();
    local.manners.lacks = 'DSN';
    for (const mx of [mxIn, mxOut]) {
      const forged = composeMessage('plain', { from: 'victim@example.net', to: ['bert@example.com'] });
      const sent = await sendOnce(mx, { ...forged, rcptParameters: ' NOTIFY=SUCCESS' });
      expect([...sent.refused.values()].map(({ code, text }) => `${code} ${text}`.slice(0, 9))).to.deep.equal(
        ['555 5.5.4'],
      );
      const plain = composeMessage('plain', { from: 'anna@example.net', to: ['bert@example.com'] });
      await sendOnce(mx, plain);
      await local.until((all) => all.some(({ id }) => id === plain.id));
    }
    await queueOf(pair(), 'inbound', 0);
    await queueOf(pair(), 'outbound', 0);
    expect(local.deliveries).to.have.length(2);
    expect(internet.deliveries).to.have.length(0);
    expect([...inbound.logged('dsn.queued'), ...outbound.logged('dsn.queued')]).to.be.empty;
  });
});

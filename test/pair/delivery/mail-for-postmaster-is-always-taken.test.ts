import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('mail for postmaster', () => {
  const pair = usePair({ start: ['inbound'] });

  it('is taken with a domain and without, whatever the local server knows', async () => {
    const { local, mxIn } = pair();
    const asked = local.asked;
    for (const to of ['postmaster', 'Postmaster@example.com']) {
      const message = composeMessage('plain', { from: 'anna@sender.test', to: [to] });
      await sendOnce(mxIn, message);
      await local.until((all) => all.some(({ id }) => id === message.id));
    }
    expect(local.asked).to.equal(asked + 2);
  });
});

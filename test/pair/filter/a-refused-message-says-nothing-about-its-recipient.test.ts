import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a refused message', () => {
  const pair = usePair({ start: ['inbound'] });

  it('says nothing about its recipient, who goes on getting mail', async () => {
    const { local, mxIn } = pair();
    const mail = () => composeMessage('plain', { from: 'anna@sender.test', to: ['bert@example.com'] });
    // Without an enhanced code it reads like an unknown mailbox.
    local.manners.message = () => '550 Message rejected';
    const { refused } = await sendOnce(mxIn, mail());
    expect(refused.get('bert@example.com')).to.include({ code: 550 });
    delete local.manners.message;
    const next = mail();
    await sendOnce(mxIn, next);
    await local.until((all) => all.some(({ id }) => id === next.id));
  });
});

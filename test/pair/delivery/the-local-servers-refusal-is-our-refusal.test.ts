import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { queueLength } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe("the local server's refusal is our refusal", () => {
  const pair = usePair({ start: ['inbound'] });

  it('at the end of a message: nothing is stored, nobody is bounced', async () => {
    const { local, mxIn } = pair();
    local.manners.message = () => '554 5.7.1 We do not like this one';
    const message = composeMessage('plain', { from: 'anna@sender.test', to: ['bert@example.com'] });
    const { refused } = await sendOnce(mxIn, message);
    expect(refused.get('bert@example.com')).to.deep.equal({
      code: 554,
      text: '5.7.1 The message is refused by the policy of the mail server',
    });
    expect(await queueLength(pair(), 'inbound')).to.equal(0);
    expect(local.deliveries).to.deep.equal([]);
  });

  it('at MAIL', async () => {
    const { local, mxIn } = pair();
    const message = composeMessage('plain', { from: 'spammer@sender.test', to: ['bert@example.com'] });
    local.manners.mail = (from) =>
      from.startsWith('spammer') ? '550 5.7.1 Not from this sender' : undefined;
    const { refused } = await sendOnce(mxIn, message);
    expect(refused.get('bert@example.com')).to.include({ code: 550 });
    expect(await queueLength(pair(), 'inbound')).to.equal(0);
  });
});

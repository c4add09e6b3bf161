import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('mail that nobody takes', () => {
  const pair = usePair({
    start: ['outbound'],
    config: {
      'queue.expire': '2s',
      'queue.warnAfter': '1s',
      'queue.retryFirst': '300ms',
      'queue.retryMax': '300ms',
    },
  });

  it('expires with a DSN that says what the next hop said last', async () => {
    const { local, internet, submission } = pair();
    internet.manners.rcpt = () => '450 4.2.0 Greylisted for ever';
    const message = composeMessage('plain', { from: 'anna@example.com', to: ['bert@example.net'] });
    await sendOnce(submission, message);
    await local.until((all) => all.some(({ head }) => head.includes('Action: failed')));
    await queueOf(pair(), 'outbound', 0);
    const notices = local.deliveries.filter(({ id }) => id === message.id);
    const actions = notices.map(({ head }) => /^Action: (\w+)/m.exec(head)?.[1]);
    expect(actions).to.deep.equal(['delayed', 'failed']);
    expect(notices[1]!.head).to.include('450 4.2.0 Greylisted for ever');
    expect(internet.deliveries).to.deep.equal([]);
  });
});

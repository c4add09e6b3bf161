import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a bounce', () => {
  const pair = usePair({ start: ['outbound'], config: { 'submitters.domains': ['*'] } });
  const refuse = (): void => {
    pair().internet.manners.rcpt = (to) => (to.startsWith('gone') ? '550 5.1.1 No such user' : undefined);
  };

  it('goes to the sender, says why and for whom, and returns the message', async () => {
    const { local, internet, outbound, submission } = pair();
    refuse();
    const to = ['gone@example.net', 'here@example.net'];
    const message = composeMessage('plain', { from: 'anna@example.com', to });
    await sendOnce(submission, message);
    await local.until((all) => all.some(({ id }) => id === message.id));
    await queueOf(pair(), 'outbound', 0);
    await outbound.until(({ event }) => event === 'recipient.bounced');
    expect(local.deliveries).to.have.length(1);
    const [notice] = local.deliveries as [(typeof local.deliveries)[0]];
    expect(notice).to.deep.include({ from: '', to: ['anna@example.com'], isNotice: true });
    for (const part of [
      'multipart/report',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 No such user',
    ])
      expect(notice.head).to.include(part);
    expect(notice.head).to.match(/Final-Recipient: rfc822; ?gone@example\.net/);
    expect(notice.head).not.to.include('here@example.net');
    expect(internet.deliveries.map((delivery) => delivery.to)).to.deep.equal([['here@example.net']]);
  });

  it('is never sent for a null reverse-path, nor when the sender said NOTIFY=NEVER', async () => {
    const { local, outbound, submission } = pair();
    refuse();
    const before = local.deliveries.length;
    const bounced = outbound.logged('recipient.bounced').length;
    const never = composeMessage('plain', { from: 'anna@example.com', to: ['gone@example.net'] });
    await sendOnce(submission, composeMessage('plain', { from: '', to: ['gone@example.net'] }));
    await sendOnce(submission, { ...never, rcptParameters: ' NOTIFY=NEVER' });
    await outbound.until(() => outbound.logged('recipient.bounced').length === bounced + 2);
    await queueOf(pair(), 'outbound', 0);
    expect(local.deliveries).to.have.length(before);
  });

  it('that bounces itself is let go', async () => {
    const { internet, outbound, submission } = pair();
    internet.manners.rcpt = () => '550 5.1.1 No such user';
    const message = composeMessage('plain', { from: 'unheard@example.net', to: ['gone@example.net'] });
    const before = outbound.logged('recipient.bounced').length;
    await sendOnce(submission, message);
    await outbound.until(() => outbound.logged('recipient.bounced').length === before + 2);
    await queueOf(pair(), 'outbound', 0);
    expect(outbound.logged('dsn.queued').filter(({ to }) => to === '')).to.deep.equal([]);
  });
});

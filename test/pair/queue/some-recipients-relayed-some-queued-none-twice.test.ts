import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually } from '../../support/heartbeat.ts';
import { composeMessage, type Shape } from '../../support/messages.ts';
import { askAll } from '../../support/pair.ts';
import { queueOf } from '../../support/queue.ts';
import { repliesToRcpt } from '../../support/rcpt.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

const to = ['now@example.com', 'later@example.com', 'also-now@example.com'];

describe('of one message some recipients are relayed, some queued, none gets it twice', () => {
  const pair = usePair({ start: ['inbound'] });

  /** As the local server takes all of them, each worker has heard so. */
  async function becomeKnown(): Promise<void> {
    const { local, mxIn } = pair();
    local.manners = {};
    await sendOnce(mxIn, composeMessage('plain', { from: 'bert@sender.test', to }));
    await eventually(
      async () => {
        const before = local.asked;
        await askAll(() => repliesToRcpt(mxIn, ...to));
        return local.asked - before;
      },
      (asked) => asked === 0,
    );
  }

  for (const shape of ['plain', 'middling', '10 MB'] satisfies Shape[])
    it(shape, async () => {
      const { local, mxIn } = pair();
      await becomeKnown();
      local.manners.rcpt = (address) =>
        address.startsWith('later') ? '452 4.2.2 Mailbox full, come again' : undefined;
      const message = composeMessage(shape, { from: 'bert@sender.test', to });
      const { accepted } = await sendOnce(mxIn, message);
      expect([...accepted.keys()]).to.have.members(to);
      const copies = () => local.deliveries.filter(({ id }) => id === message.id);
      expect(copies().map((copy) => copy.to)).to.deep.equal([['now@example.com', 'also-now@example.com']]);

      local.manners = {};
      await queueOf(pair(), 'inbound', 0);
      expect(copies().map((copy) => copy.to)).to.deep.equal([
        ['now@example.com', 'also-now@example.com'],
        ['later@example.com'],
      ]);
      for (const { digest } of copies()) expect(digest).to.equal(message.digest);
    });

  it('all of them queued, when the local server puts the message off', async () => {
    const { local, mxIn } = pair();
    let putOff = 2;
    local.manners = { message: () => (putOff-- > 0 ? '451 4.3.0 Come again' : undefined) };
    const message = composeMessage('middling', { from: 'bert@sender.test', to });
    const { accepted } = await sendOnce(mxIn, message);
    expect(accepted.size).to.equal(3);
    await queueOf(pair(), 'inbound', 0);
    const copies = local.deliveries.filter(({ id }) => id === message.id);
    expect(copies.map((copy) => copy.to)).to.deep.equal([to]);
  });

  it('refused for one after the others had it: only that one is bounced', async () => {
    const { local, mxIn } = pair();
    await becomeKnown();
    local.manners.rcpt = (address) => (address.startsWith('later') ? '550 5.2.1 Mailbox closed' : undefined);
    const message = composeMessage('plain', { from: 'bert@example.com', to });
    const { accepted } = await sendOnce(mxIn, message);
    expect(accepted.size).to.equal(3);
    await local.until((all) => all.some(({ isNotice, id }) => isNotice && id === message.id));
    const notice = local.deliveries.find(({ isNotice, id }) => isNotice && id === message.id)!;
    expect(notice.to).to.deep.equal(['bert@example.com']);
    expect(notice.head).to.include('later@example.com').and.not.include('now@example.com');
    const copies = local.deliveries.filter(({ isNotice, id }) => !isNotice && id === message.id);
    expect(copies.map((copy) => copy.to)).to.deep.equal([['now@example.com', 'also-now@example.com']]);
  });
});

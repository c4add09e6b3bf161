import { expect } from 'chai';
import { describe, it } from 'mocha';
import { flood } from '../../support/hacked-account.ts';
import { usePair } from '../../support/use-pair.ts';

describe('observed submitters are told of and not held', () => {
  const pair = usePair({
    start: ['outbound'],
    config: { 'judge.mode': 'observe', 'submitters.messagesPerHour': 3 },
  });
  const send = (from: string, messages: number): Promise<number> =>
    flood(pair().submission, { from, messages, sessions: 1, recipientOf: (n) => `friend-${n}@example.net` });

  it('beyond their limits', async () => {
    const { internet, outbound } = pair();
    expect(await send('anna@example.com', 6)).to.equal(6);
    await internet.until((all) => all.length === 6);
    await outbound.until(() => outbound.logged('message.observed').length === 3);
    expect(outbound.logged('submitter.beyond-limit')).to.have.length(1);
    expect(outbound.logged('submitter.held')).to.deep.equal([]);
  });

  it('with addresses of others', async () => {
    const { internet } = pair();
    expect(await send('chief@bank.example', 1)).to.equal(1);
    await internet.until((all) => all.some(({ from }) => from === 'chief@bank.example'));
  });
});

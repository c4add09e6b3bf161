import { expect } from 'chai';
import { describe, it } from 'mocha';
import { allShapes, composeMessage } from '../../support/messages.ts';
import { OUTBOUND } from '../../support/pair.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('mail of our users reaches the internet', () => {
  const pair = usePair({ start: ['outbound'] });

  for (const shape of allShapes)
    it(`${shape}, octet for octet under one Received field`, async () => {
      const { internet, submission } = pair();
      const who = shape === 'UTF-8 address' ? 'jörg' : 'anna';
      const message = composeMessage(shape, {
        from: `${who}@example.com`,
        to: [`${who}@example.net`, 'bert@example.net'],
      });
      const { accepted } = await sendOnce(submission, message);
      expect([...accepted.keys()]).to.deep.equal(message.to);
      await internet.until((all) => all.some(({ id }) => id === message.id));
      const { digest, from, to, head, client } = internet.deliveries.find(({ id }) => id === message.id)!;
      expect({ digest, from, to, client }).to.deep.equal({
        digest: message.digest,
        from: message.from,
        to: message.to,
        client: OUTBOUND,
      });
      expect(head.match(/^Received:/gm)).to.have.length(1);
    });

  it('with what the sender wants to know of its fate', async () => {
    const { internet, submission } = pair();
    const message = composeMessage('DSN parameters', {
      from: 'anna@example.com',
      to: ['first@example.net'],
    });
    await sendOnce(submission, message);
    await internet.until((all) => all.some(({ id }) => id === message.id));
    const { mail, rcpts } = internet.deliveries.find(({ id }) => id === message.id)!;
    expect(mail)
      .to.match(/ RET=HDRS/)
      .and.include(` ENVID=envelope-${message.id}`);
    expect(rcpts[0]).to.match(/ NOTIFY=(FAILURE,DELAY|DELAY,FAILURE)/);
    expect(rcpts[0]).to.include(' ORCPT=rfc822;first+2Brcpt@example.org');
  });

  it('between users of the hosted domain goes to the local server', async () => {
    const { local, internet, submission } = pair();
    const before = internet.deliveries.length;
    const message = composeMessage('plain', { from: 'anna@example.com', to: ['bert@example.com'] });
    await sendOnce(submission, message);
    await local.until((all) => all.some(({ id }) => id === message.id));
    expect(internet.deliveries).to.have.length(before);
  });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage, type Shape } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const NOT_NOW = '421 4.3.2 Not now';

describe('outbound has a message on disk before its 250', () => {
  const pair = usePair({ start: ['outbound'] });

  for (const shape of ['plain', 'middling', '10 MB'] satisfies Shape[])
    it(`${shape}: killed with SIGKILL at the 250, it delivers after its restart`, async () => {
      const { outbound, internet, submission } = pair();
      // A session may be left from before, so MAIL is refused as well.
      internet.manners = { greeting: () => NOT_NOW, mail: () => NOT_NOW };
      const message = composeMessage(shape, { from: 'anna@example.com', to: ['bert@example.net'] });
      const client = await SmtpClient.greet(submission);
      await client.say('MAIL FROM:<anna@example.com>');
      await client.say('RCPT TO:<bert@example.net>');
      const { code } = await client.data(message.octets);
      await outbound.kill9();
      expect(code).to.equal(250);
      expect(internet.deliveries.filter(({ id }) => id === message.id)).to.deep.equal([]);

      internet.manners = {};
      await outbound.start();
      await internet.until((all) => all.some(({ id }) => id === message.id));
      await queueOf(pair(), 'outbound', 0);
      const copies = internet.deliveries.filter(({ id }) => id === message.id);
      expect(copies.map(({ digest }) => digest)).to.deep.equal([message.digest]);
    });
});

import { expect } from 'chai';
import { describe, it } from 'mocha';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a foreign domain is refused on every MX listener', () => {
  const pair = usePair();

  for (const mx of ['mxIn', 'mxOut'] as const)
    it(`${mx}, also for a client that may submit elsewhere`, async () => {
      const { local, internet } = pair();
      const client = await SmtpClient.greet(pair()[mx]);
      await client.say('MAIL FROM:<anna@example.com>');
      for (const domain of ['example.net', 'sub.example.com', 'example.com.example.net', 'xexample.com']) {
        const { code, text } = await client.say(`RCPT TO:<bert@${domain}>`);
        expect(code, domain).to.equal(550);
        expect(text, domain).to.match(/^5\.7\.1 Relaying denied/);
      }
      expect(await client.say('RCPT TO:<bert@EXAMPLE.com>')).to.include({ code: 250 });
      await client.quit();
      expect(local.deliveries.length + internet.deliveries.length).to.equal(0);
    });
});

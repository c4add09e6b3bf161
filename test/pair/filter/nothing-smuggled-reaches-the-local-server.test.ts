import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Disconnected, SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** What some servers have taken for the end of a message. */
const ends = [
  '\n.\n',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\r',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\n.\r\r\n',
  '\r\r\n.\r\r\n',
];
const second =
  'MAIL FROM:<admin@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n.\r\n';

describe('nothing smuggled reaches the local server', () => {
  const pair = usePair();

  for (const mx of ['mxIn', 'mxOut', 'submission'] as const)
    for (const end of ends)
      it(`${mx}, with ${JSON.stringify(end)} for the end of a message`, async () => {
        const { local } = pair();
        const client = await SmtpClient.greet(pair()[mx]);
        await client.say('MAIL FROM:<bert@example.com>');
        await client.say('RCPT TO:<anna@example.com>');
        expect(await client.say('DATA')).to.include({ code: 354 });
        client.send(`Subject: first\r\n\r\nfirst${end}${second}`);
        const { code, text } = await client.reply();
        expect(`${code} ${text}`).to.match(/^554 5\.6\.0 .*bare/);
        // Not one of the commands was taken for one.
        const next = await client.say('NOOP').catch((error: unknown) => error);
        if (!(next instanceof Disconnected)) expect(next).to.deep.equal({ code: 250, text: '2.0.0 OK' });
        client.destroy();
        expect(local.deliveries).to.deep.equal([]);
      });
});

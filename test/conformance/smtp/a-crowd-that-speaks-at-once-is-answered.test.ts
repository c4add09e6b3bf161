import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withListener } from '../../support/recording-listener.ts';
import { SmtpClient } from '../../support/smtp-client.ts';

/** More than one turn of the event loop sends replies to. */
const CLIENTS = 200;

describe('a crowd that speaks at once', () => {
  it('is answered, every client every time', async () => {
    await withListener({}, async ({ address, messages }) => {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => SmtpClient.connect(address)));
      try {
        const all = async (what: (client: SmtpClient) => Promise<{ code: number }>): Promise<number[]> =>
          (await Promise.all(clients.map(what))).map(({ code }) => code);
        expect(await all(({ greeting }) => greeting)).to.deep.equal(clients.map(() => 220));
        for (const command of ['EHLO client.test', 'MAIL FROM:<a@b.example>', 'RCPT TO:<c@d.example>'])
          expect(await all((client) => client.say(command))).to.deep.equal(clients.map(() => 250));
        const octets = Buffer.from('Subject: hello\r\n\r\nhello\r\n');
        expect(await all((client) => client.data(octets))).to.deep.equal(clients.map(() => 250));
        expect(messages).to.have.length(CLIENTS);
      } finally {
        for (const client of clients) client.destroy();
      }
    });
  });
});

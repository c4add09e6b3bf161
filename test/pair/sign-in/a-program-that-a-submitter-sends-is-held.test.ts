import { expect } from 'chai';
import { describe, it } from 'mocha';
import { SmtpClient, type Reply } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a program that a submitter sends is held', () => {
  const pair = usePair({
    start: ['outbound'],
    config: { 'attachments.submitters': true, 'attachments.refuse': ['*.iso'] },
  });

  async function submit(name: string): Promise<Reply> {
    const client = await SmtpClient.greet(pair().submission);
    await client.say('MAIL FROM:<anna@example.com>');
    await client.say('RCPT TO:<x@elsewhere.test>');
    const type = `Content-Type: application/octet-stream; name="${name}"`;
    const head = `From: anna@example.com\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\n${type}\r\n`;
    const reply = await client.data(Buffer.from(`${head}\r\ntext\r\n`));
    await client.quit();
    return reply;
  }

  it('in the queue, where it would be quarantined', async () => {
    expect(await submit('invoice.pdf.exe')).to.include({ code: 250 });
    const line = await pair().outbound.until(({ event }) => event === 'message.held');
    expect(JSON.stringify(line)).to.include('is:double-extension');
  });

  it('or refused, where it would be', async () => {
    const reply = await submit('a.iso');
    expect(reply).to.include({ code: 550 });
    expect(reply.text).to.include('Attachment a.iso is not taken here (*.iso)');
  });

  it('while others go', async () => {
    expect(await submit('a.pdf')).to.include({ code: 250 });
    await pair().internet.until((deliveries) => deliveries.length === 1);
  });
});

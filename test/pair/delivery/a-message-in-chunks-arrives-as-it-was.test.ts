import { expect } from 'chai';
import { describe, it } from 'mocha';
import { allShapes, composeMessage, strangersShapes, type TestMessage } from '../../support/messages.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** By BDAT (RFC 3030), in chunks of sizes that cut lines, and CR from LF, somewhere. */
async function sendInChunks(client: SmtpClient, { octets }: TestMessage): Promise<{ code: number }> {
  let last = { code: 0 };
  for (let from = 0, size = 1; from < octets.length; from += size, size = Math.min(size * 3 + 1, 400_000)) {
    const chunk = octets.subarray(from, from + size);
    const isLast = from + size >= octets.length;
    client.send(Buffer.concat([Buffer.from(`BDAT ${chunk.length}${isLast ? ' LAST' : ''}\r\n`), chunk]));
    last = await client.reply();
    expect(last.code).to.equal(250);
  }
  return last;
}

describe('a message in chunks arrives as it was', () => {
  const pair = usePair();

  for (const mx of ['mxIn', 'submission'] as const)
    for (const shape of mx === 'mxIn' ? strangersShapes : allShapes)
      it(`${shape}, by ${mx}, octet for octet and once`, async () => {
        const { local } = pair();
        const who = shape === 'UTF-8 address' ? 'jörg' : 'anna';
        const message = composeMessage(shape, { from: `${who}@example.com`, to: ['bert@example.com'] });
        const client = await SmtpClient.greet(pair()[mx]);
        await client.say(`MAIL FROM:<${message.from}>${message.mailParameters}`);
        await client.say('RCPT TO:<bert@example.com>');
        await sendInChunks(client, message);
        await client.quit();
        await local.until((deliveries) => deliveries.some(({ id }) => id === message.id));
        const arrived = local.deliveries.filter(({ id }) => id === message.id);
        expect(arrived.map(({ digest }) => digest)).to.deep.equal([message.digest]);
      });

  it('and the end of a message by DATA is content in a chunk', async () => {
    const { local, mxIn } = pair();
    const message = composeMessage('plain', { from: 'anna@sender.test', to: ['bert@example.com'] });
    const evil = 'MAIL FROM:<admin@example.com>\r\nRCPT TO:<anna@example.com>\r\nDATA\r\nsmuggled\r\n.\r\n';
    const octets = Buffer.concat([message.octets, Buffer.from(`\r\n.\r\n${evil}`)]);
    const before = local.deliveries.length;
    const client = await SmtpClient.greet(mxIn);
    await client.say('MAIL FROM:<anna@sender.test>');
    await client.say('RCPT TO:<bert@example.com>');
    await sendInChunks(client, { ...message, octets });
    await client.quit();
    expect(local.deliveries.slice(before).map(({ to }) => to)).to.deep.equal([['bert@example.com']]);
  });
});

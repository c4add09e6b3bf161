import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { OUTBOUND } from '../../support/pair.ts';
import { freePorts } from '../../support/ports.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('inbound is a smarthost where told to', () => {
  const pair = usePair({ start: ['inbound'] });
  let submission: Target;

  before(async () => {
    const { inbound, configure } = pair();
    const [port] = await freePorts(1);
    submission = { host: '127.0.0.1', port: port! };
    configure({ 'inbound.submission': [`127.0.0.1:${port}`], 'inbound.sourceAddresses': ['127.0.0.11'] });
    await inbound.stop();
    await inbound.start();
  });

  it('sends mail of those whom outbound trusts to the outside, from its own address, while outbound is down', async () => {
    const { internet } = pair();
    const message = composeMessage('plain', { from: 'us@example.com', to: ['them@example.net'] });
    const client = await SmtpClient.greet(submission);
    await client.say('MAIL FROM:<us@example.com>');
    await client.say('RCPT TO:<them@example.net>');
    expect(await client.data(message.octets)).to.include({ code: 250 });
    await client.quit();
    await internet.until((all) => all.some(({ id }) => id === message.id));
    expect(internet.deliveries.at(-1)?.address).to.equal('127.0.0.11');
  });

  it('refuses everybody else there', async () => {
    const client = await SmtpClient.greet({ ...submission, localAddress: '127.0.0.2' });
    expect(await client.say('MAIL FROM:<us@example.com>')).to.include({ code: 530 });
    await client.quit();
  });

  it('takes no foreign mail where mail of the internet comes in, from those trusted neither', async () => {
    const client = await SmtpClient.greet(pair().mxIn);
    await client.say('MAIL FROM:<us@example.com>');
    expect(await client.say('RCPT TO:<them@example.net>')).to.include({ code: 550 });
    await client.quit();
  });

  it('takes none at all unless told to', async () => {
    const { inbound, outbound, configure } = pair();
    configure({ 'inbound.submission': [] });
    await inbound.stop();
    await inbound.start();
    const refused = await SmtpClient.greet(submission).catch((error: Error) => error.message);
    expect(refused).to.match(/ECONNREFUSED/);
    expect(outbound.isRunning, OUTBOUND).to.equal(false);
  });
});

import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { WORKERS } from '../../support/pair.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('SIGHUP reloads without dropping a session', () => {
  const pair = usePair({ start: ['inbound'] });

  async function reload(event: 'gateway.reloaded' | 'gateway.reload-refused'): Promise<void> {
    const { inbound } = pair();
    const before = inbound.logged(event).length;
    inbound.signal('SIGHUP');
    await inbound.until(() => inbound.logged(event).length === before + WORKERS);
  }

  it('a new domain is hosted at once, and a message under way arrives', async () => {
    const { local, mxIn, configure } = pair();
    const session = await SmtpClient.greet(mxIn);
    await session.say('MAIL FROM:<bert@sender.test>');
    await session.say('RCPT TO:<anna@example.com>');
    expect(await session.say('RCPT TO:<anna@example.org>')).to.include({ code: 550 });
    const message = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
    const reply = await session.data(message.octets, async () => {
      configure({ domains: ['example.com', 'example.org'] });
      await reload('gateway.reloaded');
    });
    expect(reply.code).to.equal(250);
    expect(local.deliveries.at(-1)?.id).to.equal(message.id);
    await session.say('MAIL FROM:<bert@sender.test>');
    expect(await session.say('RCPT TO:<anna@example.org>')).to.include({ code: 250 });
    await session.quit();
  });

  it('a configuration with a fault is refused, and the old one goes on', async () => {
    const { mxIn, configFile, inbound, configure } = pair();
    writeFileSync(configFile, 'domains: [example.com\n');
    await reload('gateway.reload-refused');
    expect(inbound.logged('gateway.reload-refused').at(-1)?.reason).to.include(configFile);
    const session = await SmtpClient.greet(mxIn);
    await session.say('MAIL FROM:<bert@sender.test>');
    expect(await session.say('RCPT TO:<anna@example.org>')).to.include({ code: 250 });
    await session.quit();
    configure({});
  });
});

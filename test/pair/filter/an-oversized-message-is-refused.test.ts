import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('an oversized message is refused', () => {
  const pair = usePair({ config: { 'smtp.maxMessage': '1MB' } });

  for (const [listener, domain] of [
    ['mxIn', 'example.com'],
    ['submission', 'example.net'],
  ] as const) {
    it(`by ${listener} at MAIL, when its size is declared`, async () => {
      const client = await SmtpClient.greet(pair()[listener]);
      const { code, text } = await client.say('MAIL FROM:<anna@example.com> SIZE=1048577');
      expect(code).to.equal(552);
      expect(text).to.match(/^5\.3\.4 .*1048576 bytes/);
      await client.quit();
    });

    it(`by ${listener} at its end, when it is not, and the session goes on`, async () => {
      const { directory, local, internet } = pair();
      const client = await SmtpClient.greet(pair()[listener]);
      for (const shape of ['10 MB', 'plain'] as const) {
        const message = composeMessage(shape, { from: 'anna@example.com', to: [`bert@${domain}`] });
        await client.say('MAIL FROM:<anna@example.com>');
        await client.say(`RCPT TO:<bert@${domain}>`);
        const { code, text } = await client.data(message.octets);
        if (shape === 'plain') expect(code, text).to.equal(250);
        else expect(`${code} ${text}`).to.match(/^552 5\.3\.4 .*1048576 bytes/);
      }
      await client.quit();
      const server = listener === 'mxIn' ? local : internet;
      await server.until((all) => all.length > 0);
      expect(server.deliveries).to.have.length(1);
      const role = listener === 'mxIn' ? 'inbound' : 'outbound';
      const left = (): string[] => readdirSync(join(directory, role, 'incoming'));
      await eventually(left, (files) => files.length === 0);
    });
  }
});

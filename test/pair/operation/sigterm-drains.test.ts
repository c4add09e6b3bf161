import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { WORKERS } from '../../support/pair.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const isLetIn = (target: Target): Promise<boolean> =>
  SmtpClient.connect(target).then(
    (client) => (client.destroy(), true),
    () => false,
  );

describe('SIGTERM drains', () => {
  const pair = usePair();

  for (const role of ['inbound', 'outbound'] as const)
    it(`${role}: the message under way is finished, nobody new is let in, exit code 0`, async () => {
      const { local, internet } = pair();
      const gateway = pair()[role];
      const [target, server, domain]: [Target, typeof local, string] =
        role === 'inbound'
          ? [pair().mxIn, local, 'example.com']
          : [pair().submission, internet, 'example.net'];
      const busy = await SmtpClient.greet(target);
      const waiting = await SmtpClient.greet(target);
      const message = composeMessage('plain', { from: '', to: [`bert@${domain}`] });
      await busy.say('MAIL FROM:<>');
      await busy.say(`RCPT TO:<bert@${domain}>`);
      let stopped: Promise<number | null> | undefined;
      const reply = await busy.data(message.octets, async () => {
        stopped = gateway.stop();
        expect(await waiting.reply()).to.include({ code: 421 });
        // By no worker, once each has heard of it.
        await eventually(
          () => isLetIn(target),
          (isIn) => !isIn,
          WORKERS === 1 ? 0 : undefined,
        );
      });
      expect(reply.code).to.equal(250);
      expect(await busy.reply()).to.include({ code: 421 });
      expect(await stopped).to.equal(0);
      await gateway.start();
      await server.until((all) => all.some(({ id }) => id === message.id));
      expect(server.deliveries.filter(({ id }) => id === message.id)).to.have.length(1);
      expect(gateway.logged('gateway.cut-off')).to.deep.equal([]);
    });
});

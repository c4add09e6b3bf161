import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { eventually, untilBothAlive, useSecret } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { askAll, WORKERS } from '../../support/pair.ts';
import { repliesToRcpt } from '../../support/rcpt.ts';
import { openSenders, sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

const MESSAGES = 60;

/** As Exim does, and Postfix by reject_unverified_sender: the refusal comes at RCPT and concerns the sender. */
const REFUSALS = ['550 Sender verify failed', '550 5.1.7 Sender unknown', '550 5.1.8 No such domain'];

for (const verify of ['callforward', 'file', 'none'])
  describe(`where recipients.verify is ${verify}, a stranger whose sender address is refused`, () => {
    const list = join(tmpdir(), `mailpair-recipients-${process.pid}`);
    before(() => writeFileSync(list, '@example.com\n'));
    after(() => rmSync(list));
    const pair = usePair({
      config: { ...useSecret().config, 'recipients.verify': verify === 'file' ? `file: ${list}` : verify },
    });
    const to = ['anna@example.com', 'bert@example.com'];

    it('cannot close a mailbox for others, on either MX', async () => {
      const { local, mxIn, mxOut } = pair();
      await untilBothAlive(pair());
      let refused = 0;
      local.manners.rcpt = (_to, from) =>
        from.endsWith('@forged.test') ? REFUSALS[(refused += 1) % REFUSALS.length] : undefined;
      for (const mx of [mxIn, mxOut])
        for (const address of to)
          expect((await sendOnce(mx, mail('carl@sender.test', [address]))).accepted.size).to.equal(1);

      const before = local.asked;
      for (const mx of [mxIn, mxOut]) {
        const stranger = openSenders({ targets: () => [mx] });
        for (let count = 0; count < MESSAGES; count += 1)
          stranger.send(mail('x@forged.test', [to[count % 2]!]));
        await stranger.idle();
        for (const sent of stranger.sent) expect([...sent.refused.values()]).to.have.length(1);
        stranger.close();
      }
      // Each message is refused once. The others are call-forwards, one a minute of a mailbox by a worker of a gateway.
      expect(local.asked - before - refused).to.be.at.most(to.length * 4 * WORKERS);

      for (const mx of [mxIn, mxOut]) {
        const answers = await askAll(() => repliesToRcpt(mx, ...to));
        expect(answers.flat().map(({ code }) => code)).to.satisfy((codes: number[]) =>
          codes.every((code) => code === 250),
        );
        expect((await sendOnce(mx, mail('carl@sender.test', to))).accepted.size).to.equal(2);
      }
    });

    it('has its message delivered to those who take it, and nobody waits', async () => {
      const { local, mxIn } = pair();
      local.manners.rcpt = (recipient, from) =>
        from.endsWith('@forged.test') && recipient.startsWith('bert') ? '550 Blocked' : undefined;
      const message = mail('x@forged.test', to);
      expect((await sendOnce(mxIn, message)).accepted.size).to.equal(2);
      const copies = await eventually(
        async () => local.deliveries.filter(({ id, isNotice }) => id === message.id && !isNotice),
        (found) => found.length > 0,
      );
      expect(copies.map((copy) => copy.to)).to.deep.equal([['anna@example.com']]);
    });
  });

const mail = (from: string, to: string[]) => composeMessage('plain', { from, to });

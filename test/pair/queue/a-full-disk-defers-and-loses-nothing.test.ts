import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { runCommand } from '../../support/commands.ts';
import { countMail } from '../../support/ledger.ts';
import { composeMessage, type Shape } from '../../support/messages.ts';
import { WORKERS } from '../../support/pair.ts';
import { openSenders, type Senders } from '../../support/senders.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { skipBecause } from '../../support/skip.ts';
import { queueOf } from '../../support/queue.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a full disk', () => {
  let spool = '';
  let senders: Senders | undefined;
  // Before the pair removes its directory.
  after(async () => {
    senders?.close();
    await pair().outbound.kill9();
    if (spool) expect((await runCommand('umount', [spool])).code).to.equal(0);
  });
  const pair = usePair({ start: [], config: { 'queue.minFree': '4MB' } });

  before(async function () {
    spool = join(pair().directory, 'outbound');
    mkdirSync(spool);
    const { code, stderr } = await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', spool]);
    if (code !== 0) {
      spool = '';
      skipBecause(this, `a small disk cannot be mounted here: ${stderr.trim().split('\n')[0]}`);
    }
    await pair().outbound.start();
  });
  const compose = (shape: Shape) =>
    composeMessage(shape, { from: 'anna@example.com', to: ['bert@example.net'] });

  it('defers with 452 and says why; once there is room all arrives', async () => {
    const { internet, outbound, submission } = pair();
    internet.manners.rcpt = () => '450 4.2.0 Come again';
    senders = openSenders({ targets: () => [submission], retryMs: 200, parallel: 4 });
    senders.send(...Array.from({ length: 160 }, (_, index) => compose(index % 2 ? 'middling' : 'plain')));
    await outbound.until(({ event }) => event === 'spool.full');
    await outbound.until(({ event }) => event === 'spool.full');
    const [line] = outbound.logged('spool.full');
    expect(line?.reason).to.include(spool);
    // Several fill a disk this small between two looks at it.
    if (WORKERS === 1) expect(line?.reason).to.include('queue.minFree');
    expect(senders.open).to.be.above(0);

    internet.manners = {};
    await senders.idle();
    await queueOf(pair(), 'outbound', 0);
    const { arrived, sent, duplicated, lost, altered } = countMail(senders.sent, internet.deliveries);
    expect({ arrived, duplicated, lost, altered }).to.deep.equal({
      arrived: sent,
      duplicated: 0,
      lost: 0,
      altered: 0,
    });
  }).timeout(60_000);

  it('filled by somebody else to the last octet: what it cannot keep it does not take', async () => {
    const { internet, submission } = pair();
    const filler = join(spool, 'filler');
    const fill = (octets: number): void => {
      try {
        writeFileSync(filler, Buffer.alloc(octets), { flag: 'a' });
      } catch {
        // The disk is full, to the last page and then to the last octet.
      }
    };
    for (const octets of [64 * 1024 * 1024, 4096, 1]) fill(octets);
    const late = openSenders({ targets: () => [submission] });
    try {
      for (const shape of ['middling', '10 MB'] satisfies Shape[]) {
        const client = await SmtpClient.greet(submission);
        await client.say('MAIL FROM:<anna@example.com>');
        await client.say('RCPT TO:<bert@example.net>');
        const { code, text } = await client.data(compose(shape).octets);
        await client.quit();
        expect(`${code} ${text}`, shape).to.match(/^452 4\.3\.1 Not enough storage/);
      }
      late.send(...(['plain', 'middling', '10 MB'] satisfies Shape[]).map(compose));
      rmSync(filler);
      await late.idle();
      await internet.until((all) => countMail(late.sent, all).arrived === 3);
      await queueOf(pair(), 'outbound', 0);
      expect(countMail(late.sent, internet.deliveries)).to.include({ duplicated: 0, altered: 0, lost: 0 });
    } finally {
      late.close();
    }
  });
});

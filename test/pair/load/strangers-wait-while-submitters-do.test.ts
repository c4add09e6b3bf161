/**
 * Submitted mail waits for outbound, 400 ms each time. Of the eight sessions that are allowed, clients from the internet are served in
 * two then, and may wait in two. Nothing else is wrong: neither the disk nor the process has much to do.
 */
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { knock } from '../../support/crowd.ts';
import { eventually, metricOf } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const slow = Array.from({ length: 100 }, (_, n) => `submission.stored=delay:400@${n + 1}`).join();
const KNOWN = '127.0.0.43';

describe('while mail of submitters waits for outbound,', () => {
  const pair = usePair({
    start: ['outbound'],
    config: { 'limits.connections': 8, 'outbound.workers': 1, 'judge.mode': 'off' },
    env: { MAILPAIR_FAILPOINTS: slow },
  });
  const served: SmtpClient[] = [];
  const waiting: SmtpClient[] = [];
  let submits = true;

  const mxFrom = (localAddress: string): Target => ({ ...pair().mxOut, localAddress });
  const submissionsPart = () => metricOf(pair(), 'outbound', 'load_part', { part: 'submissions' });

  before(async () => {
    const incoming = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
    await sendOnce(mxFrom(KNOWN), incoming);
    const outgoing = () => composeMessage('plain', { from: 'anna@example.com', to: ['bert@elsewhere.test'] });
    const submit = async (): Promise<void> => {
      while (submits) await sendOnce(pair().submission, outgoing());
    };
    submit().catch(() => undefined);
    await eventually(submissionsPart, (part) => part > 0.99);
  });

  it('clients from the internet wait at its MX listener, known ones too, in a bounded number of sessions', async () => {
    for (const address of ['127.0.10.1', '127.0.10.2', KNOWN])
      served.push(await SmtpClient.connect(mxFrom(address)));
    for (const { greeting } of served) expect(await greeting).to.include({ code: 220 });
    for (const address of ['127.0.10.4', KNOWN]) waiting.push(await SmtpClient.connect(mxFrom(address)));
    await eventually(
      async () => {
        const { said, client } = await knock(mxFrom('127.0.10.5'));
        await client?.quit();
        return said;
      },
      (said) => /^421 4\.3\.2 Too many connections/.test(said),
    );
    expect(await sendOnce(pair().submission, composeMessage('plain', SUBMITTED))).to.have.property(
      'deferrals',
      0,
    );
  });

  it('and when it no longer waits they are greeted', async () => {
    submits = false;
    for (const client of served) await client.quit();
    for (const { greeting } of waiting) expect(await greeting).to.include({ code: 220 });
    for (const client of waiting) await client.quit();
    await eventually(submissionsPart, (part) => part < 0.5);
  });
});

const SUBMITTED = { from: 'anna@example.com', to: ['bert@elsewhere.test'] };

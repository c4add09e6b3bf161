/**
 * Outbound is strained, by a commit of its spool that takes 22 s, and there is no partner to send strangers to. Of the eight
 * sessions that are allowed, strangers are served in two then, and may wait in two.
 */
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { knock } from '../../support/crowd.ts';
import { eventually, metricOf } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const KNOWN = '127.0.0.41';
const MONITORING = '127.0.0.42';

describe('a stranger, when a gateway is strained and has no partner with room,', () => {
  const pair = usePair({
    start: ['outbound'],
    config: {
      'limits.connections': 8,
      'http.allow': ['loopback', `${MONITORING}/32`],
      'outbound.workers': 1,
      'judge.mode': 'off',
    },
    env: { MAILPAIR_FAILPOINTS: 'spool.committing=delay:22000@9' },
  });
  const served: SmtpClient[] = [];
  const strangers: SmtpClient[] = [];

  const mxFrom = (localAddress: string): Target => ({ ...pair().mxOut, localAddress });
  const greetingOf = async (address: string): Promise<string> => {
    const { said, client } = await knock(mxFrom(address));
    await client?.quit();
    return said;
  };

  before(async () => {
    const incoming = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
    await sendOnce(mxFrom(KNOWN), incoming);
    const outgoing = () => composeMessage('plain', { from: 'anna@example.com', to: ['bert@elsewhere.test'] });
    const submit = async (): Promise<void> => {
      while (pair().outbound.isRunning) await sendOnce(pair().submission, outgoing());
    };
    submit().catch(() => undefined);
    await eventually(
      () => metricOf(pair(), 'outbound', 'load_part', { part: 'sync' }),
      (sync) => sync > 0.99,
    );
  });

  it('waits for the greeting, in a bounded number of sessions', async () => {
    for (const address of ['127.0.9.1', '127.0.9.2']) served.push(await SmtpClient.connect(mxFrom(address)));
    for (const { greeting } of served) expect(await greeting).to.include({ code: 220 });
    for (const address of ['127.0.9.3', '127.0.9.4'])
      strangers.push(await SmtpClient.connect(mxFrom(address)));
    await eventually(
      () => greetingOf('127.0.9.5'),
      (said) => /^421 4\.3\.2 Too many connections/.test(said),
    );
    expect(await metricOf(pair(), 'outbound', 'clients_sent_away_total', { how: 'defer' })).to.be.at.least(1);
  });

  it('comes after clients that delivered mail before, and after those who look whether the gateway is well', async () => {
    expect(await greetingOf(KNOWN)).to.equal('220');
    expect(await greetingOf(MONITORING)).to.equal('220');
  });

  it('is greeted when the strain is over', async () => {
    for (const { greeting } of strangers) expect(await greeting).to.include({ code: 220 });
    for (const client of [...served, ...strangers]) await client.quit();
  });
});

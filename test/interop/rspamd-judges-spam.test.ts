import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { openPair, type Pair } from '../support/pair.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { openRspamd, type EngineProcess } from './engine-process.ts';
import { needProgram } from './programs.ts';

/** The mark that every spam filter rejects; in two, so that nobody rejects this file. */
const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*' + 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';

describe('rspamd judges spam', () => {
  let rspamd: EngineProcess;
  let pair: Pair;
  const open: { close(): unknown }[] = [];

  before(async function () {
    needProgram(this, 'rspamd');
    rspamd = await openRspamd();
    open.push(rspamd);
    pair = await openPair({ config: { 'rspamd.servers': [rspamd.server], 'rspamd.retest': '200ms' } });
    open.push(pair);
  });
  after(async () => {
    for (const each of open.toReversed()) await each.close();
  });

  async function send(where: 'mxIn' | 'mxOut', line: string): Promise<string> {
    const client = await SmtpClient.connect(pair[where]);
    await client.greeting;
    const { octets } = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
    await client.say('EHLO mail.sender.test');
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    const { code, text } = await client.data(Buffer.concat([octets, Buffer.from(`${line}\r\n`)]));
    await client.quit();
    return `${code} ${text}`;
  }

  it('on both gateways, knowing client and envelope', async () => {
    for (const where of ['mxIn', 'mxOut'] as const) {
      expect(await send(where, gtube)).to.match(/^550.*looks like spam/s);
      expect(await send(where, 'How do you do?')).to.match(/^250/);
    }
    expect(rspamd.log()).to.match(
      /qid: <\w+>, ip: 127\.0\.0\.1, from: <a@sender\.test>.*rcpts?: <anna@example\.com>/,
    );
    const { reason } = await pair.inbound.until(({ event }) => event === 'message.refused');
    expect(reason).to.match(/^rspamd\.reject: rspamd at 127\.0\.0\.1:\d+ says reject, score 15 of 15/);
  });

  it('without it mail goes on, and this is said', async () => {
    await rspamd.stop();
    const from = performance.now();
    for (let i = 0; i < 3; i += 1) expect(await send('mxIn', 'How do you do?')).to.match(/^250/);
    expect(performance.now() - from).to.be.below(5_000);
    await pair.inbound.until(() => pair.inbound.logged('message.judged-in-part').length >= 3);
    expect(JSON.stringify(pair.inbound.logged('message.judged-in-part')[2])).to.include(
      `rspamd could not be learnt: ${rspamd.server} is down: connect ECONNREFUSED`,
    );
    await rspamd.start();
    await pair.inbound.until(({ event }) => event === 'engine.up');
    expect(await send('mxIn', gtube)).to.match(/^550/);
  });
});

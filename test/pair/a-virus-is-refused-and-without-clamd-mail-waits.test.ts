import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { openPair, type Pair } from '../support/pair.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { startClamd, type StandIn } from '../support/stand-in-engines.ts';

describe('a virus is refused and without clamd mail waits', () => {
  let pair: Pair;
  let clamd: StandIn;
  const startAt = (port?: number): Promise<StandIn> =>
    startClamd({
      scan: (message) => (message.includes('VIRUS') ? 'stream: Test.Virus FOUND' : 'stream: OK'),
      ...(port !== undefined && { port }),
    });

  before(async () => {
    clamd = await startAt();
    pair = await openPair({ config: { 'clamav.servers': [clamd.name], 'clamav.retest': '100ms' } });
  });
  after(async () => {
    await pair.close();
    await clamd.close();
  });

  /** The reply to a message, at the listener for strangers or for submitters. */
  async function send(
    where: 'mxIn' | 'mxOut' | 'submission',
    text: string,
  ): Promise<{ reply: string; id: string }> {
    const client = await SmtpClient.connect(pair[where]);
    await client.greeting;
    const to = where === 'submission' ? 'x@elsewhere.test' : 'anna@example.com';
    const message = composeMessage('plain', { from: 'a@example.com', to: [to] });
    await client.say('EHLO mail.sender.test');
    await client.say('MAIL FROM:<a@example.com>');
    await client.say(`RCPT TO:<${to}>`);
    const { code, text: said } = await client.data(
      Buffer.concat([message.octets, Buffer.from(`${text}\r\n`)]),
    );
    await client.quit();
    return { reply: `${code} ${said}`, id: message.id };
  }

  it('at every listener', async () => {
    for (const where of ['mxIn', 'mxOut', 'submission'] as const) {
      expect((await send(where, 'VIRUS')).reply).to.match(/^550.*malware \(Test\.Virus\)/s);
      expect((await send(where, 'harmless')).reply).to.match(/^250/);
    }
    expect(clamd.messages[0]!.toString()).to.match(/^Received: from/);
  });

  it('mail waits while clamd is away, nobody is kept waiting, and both gateways say so', async () => {
    const { port } = clamd;
    await clamd.close();
    const from = performance.now();
    expect((await send('mxIn', 'harmless')).reply).to.match(/^451.*cannot be checked/s);
    expect((await send('submission', 'harmless')).reply).to.match(/^451/);
    expect(performance.now() - from).to.be.below(5_000);
    const health = (await pair.get('inbound', '/healthz')) as {
      engines: { standing: string; reason: string }[];
    };
    expect(health.engines[0]).to.include({
      standing: 'down',
      reason: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
    expect(await pair.get('inbound', '/metrics')).to.match(/mailpair_engine_up\{engine="clamav".*\} 0/);
    expect(JSON.stringify(pair.inbound.logged('message.judged-in-part').at(-1))).to.include(
      'virus could not be learnt',
    );
    expect(pair.inbound.logged('engine.down')).to.have.length(1);
    clamd = await startAt(port);
    await pair.inbound.until(({ event }) => event === 'engine.up');
    expect((await send('mxIn', 'harmless')).reply).to.match(/^250/);
    expect((await send('mxIn', 'VIRUS')).reply).to.match(/^550/);
  });
});

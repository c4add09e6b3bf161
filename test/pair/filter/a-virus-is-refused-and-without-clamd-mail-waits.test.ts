import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { JudgingState } from '@mailpair/shared/filter/pipeline/judging-state';
import { eventually } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { openPair, WORKERS, type ConfigKeys, type Pair } from '../../support/pair.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { startClamd, type StandIn } from '../../support/stand-in-engines.ts';

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

  async function reloadWith(keys: ConfigKeys): Promise<void> {
    const before = pair.inbound.logged('gateway.reloaded').length;
    pair.configure(keys);
    pair.inbound.signal('SIGHUP');
    await pair.inbound.until(() => pair.inbound.logged('gateway.reloaded').length === before + WORKERS);
  }

  it('the gateways say which checks are on', async () => {
    const health = async (): Promise<{ judging: JudgingState }> =>
      (await pair.get('inbound', '/healthz/details')) as { judging: JudgingState };
    const { mode, checks } = (await health()).judging;
    expect(mode).to.equal('enforce');
    expect(checks).to.deep.include({
      name: 'virus',
      stage: 'message',
      roles: ['mx', 'submission'],
      onFault: 'defer',
    });
    const names = checks.map(({ name }) => name);
    expect(names).to.include.members(['loop', 'helo']).and.not.include.members(['rspamd', 'dns-list']);
    await reloadWith({ 'judge.mode': 'off' });
    const off = (await health()).judging;
    expect([off.mode, off.checks.map(({ name }) => name).includes('virus')]).to.deep.equal(['off', false]);
    await reloadWith({ 'judge.mode': 'enforce' });
  });

  it('mail waits while clamd is away, nobody is kept waiting, and both gateways say so', async () => {
    const { port } = clamd;
    await clamd.close();
    const from = performance.now();
    expect((await send('mxIn', 'harmless')).reply).to.match(/^451.*cannot be checked/s);
    expect((await send('submission', 'harmless')).reply).to.match(/^451/);
    expect(performance.now() - from).to.be.below(5_000);
    // Each worker finds out by itself; the first says so.
    const engines = async () =>
      ((await pair.get('inbound', '/healthz/details')) as { engines: { standing: string; reason: string }[] })
        .engines;
    const [engine] = await eventually(
      () => (WORKERS === 1 ? engines() : send('mxIn', 'harmless').then(engines)),
      ([first]) => WORKERS === 1 || first?.standing === 'down',
    );
    expect(engine).to.include({
      standing: 'down',
      reason: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
    expect(await pair.get('inbound', '/metrics')).to.match(/mailpair_engine_up\{engine="clamav".*\} 0/);
    const { missing } = await pair.inbound.until(({ event }) => event === 'message.judged-in-part');
    expect(String(missing)).to.include('virus could not be learnt');
    clamd = await startAt(port);
    await pair.inbound.until(({ event }) => event === 'engine.up');
    expect(pair.inbound.logged('engine.down').length).to.be.within(1, WORKERS);
    await eventually(
      async () => (await send('mxIn', 'harmless')).reply,
      (reply) => reply.startsWith('250'),
      WORKERS === 1 ? 0 : undefined,
    );
    expect((await send('mxIn', 'VIRUS')).reply).to.match(/^550/);
  });
});

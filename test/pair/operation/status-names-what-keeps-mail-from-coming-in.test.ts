import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { eventually, metricOf } from '../../support/heartbeat.ts';
import type { LogLine } from '../../support/gateway-process.ts';
import { composeMessage } from '../../support/messages.ts';
import { askAll, ROUND, WORKERS } from '../../support/pair.ts';
import { repliesToRcpt } from '../../support/rcpt.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

/** What an operator must see within this time. */
const VISIBLE_MS = 10_000;
const DENIED = '554 5.7.1 <unknown[10.0.0.2]>: Client host rejected: Access denied';

describe('status names what keeps mail from coming in', () => {
  const pair = usePair({ start: ['inbound'] });
  let asked = 0;

  interface Shown {
    readonly code: number;
    readonly out: string;
  }
  const status = (...argv: string[]): Promise<Shown> =>
    mailpair(['status', '--role', 'inbound', '--config', pair().configFile, ...argv]);
  const until = (wanted: RegExp): Promise<Shown> =>
    eventually(
      () => status(),
      ({ out }) => wanted.test(out.split('\n')[0]!),
      VISIBLE_MS,
    );
  /** By each worker. @returns the words of the replies to RCPT */
  const ask = (): Promise<string[]> =>
    askAll(async () => {
      const [reply] = await repliesToRcpt(pair().mxIn, `user${(asked += 1)}@example.com`);
      return `${reply!.code} ${reply!.text}`;
    });

  /** By each worker, which may have the local server down for a moment. */
  const untilTaken = (): Promise<string[]> =>
    eventually(ask, (replies) => replies.every((reply) => reply.startsWith('250')));

  afterEach(async () => {
    pair().local.manners = {};
    await pair().local.stop();
    await pair().local.start();
    await untilTaken();
  });

  it('before anything was tried all is well, and a local server is not called up', async () => {
    const { code, out } = await status();
    expect(out).to.match(/^All is well\.\n/);
    expect(code).to.equal(0);
    expect(out).to.match(/local server 127\.0\.0\.1:\d+: not tried yet/);
    const { ok, faults } = JSON.parse((await status('--json')).out) as { ok: boolean; faults: unknown[] };
    expect({ ok, faults }).to.deep.equal({ ok: true, faults: [] });
  });

  for (const [where, manners] of [
    ['at the greeting', { greeting: () => DENIED }],
    ['at MAIL', { mail: () => DENIED }],
    ['at RCPT', { rcpt: () => DENIED }],
  ] as const)
    it(`a local server that refuses the gateway ${where}, with its words`, async () => {
      const { local, inbound } = pair();
      await local.stop();
      await local.start();
      local.manners = manners;
      const before = await metricOf(pair(), 'inbound', 'local_server_refusals_total');
      const errors = inbound.logged('local-server.refuses').length;
      for (const reply of await ask()) {
        expect(reply).to.match(/^450 4\.1\.1 /);
        expect(reply).to.not.match(/rejected|denied|10\.0\.0\.2/);
      }
      const { code, out } = await until(
        /REFUSES this gateway: 554 5\.7\.1 .*Access denied.*local-servers check/,
      );
      expect(code).to.equal(1);
      expect(out).to.include(`  local server 127.0.0.1:${local.port}: REFUSES this gateway: ${DENIED}`);
      expect(await metricOf(pair(), 'inbound', 'local_server_refusals_total')).to.be.greaterThan(before);
      const ofThis = (): LogLine[] =>
        inbound.logged('local-server.refuses').filter(({ port }) => port === local.port);
      const logged = await eventually(ofThis, (lines) => lines.length > errors);
      expect(logged.at(-1)).to.include({ level: 'error' });
      expect(logged.length - errors, 'not for each recipient').to.be.at.most(WORKERS);
      const last = `user${asked}@example.com`;
      const trace = await mailpair(['trace', last, '--config', pair().configFile]);
      expect(trace.out).to.match(/\n +because the local server answered 554 5\.7\.1 .*Access denied/);
      expect(await readiness()).to.equal(200);
      local.manners = {};
      await untilTaken();
      await until(/^All is well/);
    });

  it('a local server that refuses the gateway when mail is handed over, by the next call-forward', async () => {
    const { local, mxIn } = pair();
    await askAll(() => repliesToRcpt(mxIn, 'anna@example.com'));
    local.manners = { rcpt: () => DENIED };
    const message = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
    const { accepted } = await sendOnce({ ...mxIn, localAddress: '127.0.0.9' }, message);
    expect(accepted.size).to.equal(0);
    await until(/REFUSES this gateway: 554 5\.7\.1/);

    // Mail that follows waits for the server: its sender is not to blame.
    const later = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
    const ofOneWorker = { ...mxIn, localAddress: '127.0.0.9' };
    if (WORKERS === 1) expect((await sendOnce(ofOneWorker, later)).accepted.size).to.equal(1);
    local.manners = {};
    await untilTaken();
    await mailpair(['queue', 'retry', '--config', pair().configFile]);
    if (WORKERS === 1) await local.until((all) => all.some(({ id }) => id === later.id));
  });

  it('a local server that is stopped, and that is back', async () => {
    const { local } = pair();
    await ask();
    await local.stop();
    const replies = await ask();
    expect(replies).to.have.length(ROUND);
    const { code } = await until(/local server 127\.0\.0\.1:\d+ (IS DOWN|DOES NOT ANSWER), .*\(refused\)/);
    expect(code).to.equal(1);
    const trace = await mailpair(['trace', `user${asked}@example.com`, '--config', pair().configFile]);
    expect(trace.out).to.match(/\n +because .*cannot be reached \(ECONNREFUSED\)/);
    expect(await readiness()).to.equal(200);
    await local.start();
    await untilTaken();
    await until(/^All is well/);
  });

  it('damaged messages, until the operator has deleted them', async () => {
    const { directory, inbound } = pair();
    await inbound.stop();
    const damaged = join(directory, 'inbound', 'damaged');
    if (!existsSync(damaged)) mkdirSync(damaged);
    writeFileSync(join(damaged, 'queue.journal-a.1.json'), '{}');
    await inbound.start();
    const { code } = await until(/1 fault: .* damaged messages or files are set aside: .*delete damaged\//);
    expect(code).to.equal(1);
  });

  async function readiness(): Promise<number> {
    const { inbound } = pair();
    const { http } = inbound.logged('gateway.started').at(-1) as unknown as { http: { port: number } };
    return (await fetch(`http://127.0.0.1:${http.port}/readyz`)).status;
  }
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayStatus } from '@mailpair/shared/api/queue-control';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { checkout } from '../../support/checkout.ts';
import { eventually, metricOf, untilBothAlive, untilPartner, useSecret } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { queueLength, queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** So many that each worker is given some. */
const CLIENTS = 12;

async function greeting(target: Target): Promise<number | 'closed'> {
  try {
    const client = await SmtpClient.connect(target);
    const { code } = await client.greeting;
    await client.quit();
    return code;
  } catch {
    return 'closed';
  }
}

for (const workers of [1, 2])
  describe(`a gateway that is drained, with ${workers === 1 ? 'one worker' : `${workers} workers`}`, () => {
    const secret = useSecret();
    const pair = usePair({
      start: [],
      config: {
        ...secret.config,
        'inbound.workers': workers,
        'queue.retryFirst': '1h',
        'queue.retryMax': '1h',
      },
    });
    const run = (...argv: string[]): Promise<Said> =>
      mailpair([...argv, '--config', pair().configFile, '--set', `pair.secretFile=${secret.path}`]);
    const statusOf = async (role: 'inbound' | 'outbound'): Promise<GatewayStatus> =>
      (await pair().get(role, '/api/status')) as GatewayStatus;
    const untilClosed = (target: Target): Promise<unknown> =>
      eventually(
        () => greeting(target),
        (found) => found === 'closed',
      );
    const greetings = (): Promise<(number | 'closed')[]> =>
      Promise.all(Array.from({ length: CLIENTS }, () => greeting(pair().mxIn)));

    it('serves clients until its listeners close, and everybody is told at once', async () => {
      const { inbound, outbound, mxIn } = pair();
      await Promise.all([inbound.start(), outbound.start()]);
      await untilBothAlive(pair());
      const long = await SmtpClient.greet(mxIn);
      const { code, err } = await run('drain', '--role', 'inbound', '--close-after', '10s', '--no-wait');
      expect([code, err]).to.deep.equal([
        0,
        'inbound mx-in.example.com: drained until "mailpair undrain"; mail goes to outbound mx-out.example.com\n',
      ]);
      expect(await greetings()).to.deep.equal(Array(CLIENTS).fill(220));
      expect(await pair().get('inbound', '/healthz/details')).to.deep.include({
        draining: true,
        reasons: ['drained by the operator'],
      });
      expect(await metricOf(pair(), 'inbound', 'drained')).to.equal(1);
      await untilPartner(pair(), 'outbound', ({ draining }) => draining);
      const { out } = await run('status', '--role', 'inbound');
      expect(out).to.match(
        /^DRAINED: inbound mx-in\.example\.com is out of service, its listeners close in \d+s; /,
      );
      await untilClosed(mxIn);
      const message = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
      await long.say('MAIL FROM:<a@sender.test>');
      await long.say('RCPT TO:<anna@example.com>');
      expect((await long.data(message.octets)).code).to.equal(250);
      await long.quit();
      await untilClosed(mxIn);
    });

    it('stays drained over a restart', async () => {
      const { inbound, mxIn } = pair();
      expect(await inbound.stop()).to.equal(0);
      const { out } = await run('status', '--role', 'inbound');
      expect(out).to.match(/^DRAINED: inbound mx-in\.example\.com is out of service when it starts; /);
      await inbound.start();
      expect((await statusOf('inbound')).drain).to.include({ until: null });
      expect(await Promise.all([greeting(mxIn), greeting(mxIn)])).to.deep.equal(['closed', 'closed']);
      expect(inbound.logged('drain.kept')).to.have.length(1);
    });

    it('the last gateway in service is not drained unless it is forced', async () => {
      await untilPartner(pair(), 'outbound', ({ draining, state }) => draining && state === 'alive');
      const { code, err } = await run('drain', '--role', 'outbound');
      expect([code, err]).to.deep.equal([
        1,
        'outbound mx-out.example.com is not drained: no other node would take mail: inbound/mx-in.example.com drains. ' +
          '"mailpair drain --force" drains it anyway.\n',
      ]);
      expect((await statusOf('outbound')).drain).to.equal(null);
      const forced = await run('drain', '--role', 'outbound', '--force', '--close-after', '0s');
      expect(forced.code).to.equal(0);
      expect(forced.err).to.include(
        'mail goes to no other node; no other outbound gateway takes submissions',
      );
      expect(forced.out).to.equal('outbound mx-out.example.com: safe to stop\n');
      await untilClosed(pair().mxOut);
      await untilClosed(pair().submission);
    });

    it('is in service again after undrain, also where it is stopped meanwhile', async () => {
      const { inbound, outbound, mxIn, mxOut, submission, directory } = pair();
      await outbound.stop();
      expect(await run('undrain')).to.deep.include({
        code: 0,
        out: 'inbound: in service again\noutbound: in service again\n',
      });
      await outbound.start();
      for (const target of [mxIn, mxOut, submission]) expect(await greeting(target)).to.equal(220);
      expect(await greetings()).to.deep.equal(Array(CLIENTS).fill(220));
      expect(existsSync(join(directory, 'inbound', 'drain.json'))).to.equal(false);
      expect(inbound.logged('drain.ended')).to.have.length(1);
      expect(await run('undrain')).to.deep.include({
        code: 1,
        err: 'inbound: was not drained\noutbound: was not drained\n',
      });
      await untilBothAlive(pair());
      await untilPartner(pair(), 'outbound', ({ draining }) => !draining);
    });

    it('both at once are the last ones', async () => {
      const { code, err } = await run('drain');
      expect(code).to.equal(1);
      expect(err).to.include(
        'no other node would take mail: outbound/mx-out.example.com is to be drained too',
      );
      expect((await statusOf('inbound')).drain).to.equal(null);
    });

    it('ends by itself after --for', async () => {
      const { inbound, mxIn } = pair();
      const { code } = await run(
        'drain',
        '--role',
        'inbound',
        '--for',
        '2s',
        '--close-after',
        '0s',
        '--no-wait',
      );
      expect(code).to.equal(0);
      await untilClosed(mxIn);
      await eventually(greetings, (found) => found.every((each) => each === 220));
      expect((await statusOf('inbound')).drain).to.equal(null);
      await inbound.until(({ event, reason }) => event === 'drain.ended' && reason === 'its time is over');
    });

    it('is safe to stop when what is due is delivered; what is deferred is listed', async () => {
      const { local, mxIn } = pair();
      local.manners.message = () => '451 4.3.0 Come again';
      const message = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
      await sendOnce(mxIn, message);
      await queueOf(pair(), 'inbound', 1);
      const { code, out, err } = await run('drain', '--role', 'inbound', '--close-after', '3s');
      expect(code).to.equal(0);
      const [first, count, item] = out.split('\n');
      expect(first).to.equal('inbound mx-in.example.com: safe to stop');
      expect(count).to.match(/^ {2}1 message stays on disk, /);
      expect(item).to.match(/^ {2}\w+ to anna@example\.com: next in \d+[sm], 451 4\.3\.0 /);
      expect(err).to.match(
        /listeners close in \ds; sessions 0, messages under way 0, no more is due, in the queue 1/,
      );
      expect(await queueLength(pair(), 'inbound')).to.equal(1);
      const { out: json } = await run('drain', '--role', 'inbound', '--json');
      const { gateways } = JSON.parse(json) as { gateways: object[] };
      expect(gateways[0]).to.deep.include({ role: 'inbound', safeToStop: true });
    });

    it('who waits is told when the drain is ended', async () => {
      await run('undrain');
      await untilPartner(pair(), 'outbound', ({ draining }) => !draining);
      const waiting = run('drain', '--role', 'inbound', '--close-after', '10m');
      await eventually(
        () => statusOf('inbound'),
        ({ drain }) => Boolean(drain),
      );
      await run('undrain', '--role', 'inbound');
      const { code, out, err } = await waiting;
      expect([code, out]).to.deep.equal([1, '']);
      expect(err).to.match(/the drain was ended before it was safe to stop\n$/);
    });
  });

describe('mailpair drain', () => {
  const secret = useSecret();
  const pair = usePair({ config: secret.config });

  it('leaves the gateway drained when its waiting is interrupted, and says so', async () => {
    await untilBothAlive(pair());
    const main = join(checkout, 'packages/mailpair/src/main.ts');
    const words = ['drain', '--role', 'inbound', '--close-after', '10m', '--config', pair().configFile];
    const command = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    command.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
    await eventually(
      () => err,
      (said) => said.includes('listeners close in'),
    );
    command.kill('SIGINT');
    expect(await once(command, 'close')).to.deep.equal([1, null]);
    expect(err).to.match(
      /\nThe drain continues: "mailpair drain" waits again, "mailpair undrain" ends it\.\n$/,
    );
    expect(((await pair().get('inbound', '/api/status')) as GatewayStatus).drain).to.include({ until: null });
  });
});

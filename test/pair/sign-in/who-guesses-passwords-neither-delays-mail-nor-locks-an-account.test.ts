import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hashPassword } from '@mailpair/shared/config/passwords';
import type { SignInState } from '@mailpair/shared/platform/values/sign-in-state';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { eventually, metricOf, untilBothAlive, useSecret, type RoleName } from '../../support/heartbeat.ts';
import { logIn } from '../../support/log-in.ts';
import { composeMessage } from '../../support/messages.ts';
import { WORKERS } from '../../support/pair.ts';
import { freePorts } from '../../support/ports.ts';
import { Disconnected, SmtpClient, type Reply, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const GUESSERS = 40;
/** Wrong passwords for one account from where it did not sign in. */
const LIMIT = 20;
/** After an answer that says to come back. */
const AGAIN_MS = 200;
/** Twenty hashes on a busy machine, and the delays between them. */
const LONG_MS = 150_000;

describe('who guesses passwords', () => {
  const pair = usePair({ start: [], config: useSecret().config });
  const guessers: SmtpClient[] = [];
  const replies: Reply[] = [];
  let atInbound: Target;

  before(async () => {
    const { directory, configure, inbound, outbound } = pair();
    const users = join(directory, 'users');
    writeFileSync(users, `anna:${await hashPassword('right', 'scrypt')}\n`);
    const [port] = await freePorts(1);
    atInbound = { host: '127.0.0.1', port: port! };
    configure({
      'outbound.trusted': ['127.0.0.250'],
      'outbound.users': users,
      'inbound.submission': [`127.0.0.1:${port}`],
    });
    await Promise.all([inbound.start(), outbound.start()]);
    await untilBothAlive(pair());
  });
  after(() => {
    for (const guesser of guessers) guesser.destroy();
  });

  const isRefused = (): boolean =>
    pair()
      .outbound.logged('auth.refusing')
      .some(({ account }) => account === 'anna');

  /** From an address of its own, another password each time, until the gateway or its own patience ends the session. */
  async function guess(number: number, session: number): Promise<void> {
    const client = await SmtpClient.greet({ ...pair().submission, localAddress: `127.0.2.${1 + number}` });
    guessers.push(client);
    await client.startTls();
    await client.say('EHLO client.test');
    for (let n = 0; client.isOpen; n += 1) {
      const login = Buffer.from(`\0anna\0guess ${number} ${session} ${n}`).toString('base64');
      const reply = await client.say(`AUTH PLAIN ${login}`);
      replies.push(reply);
      if (reply.code === 421) return client.destroy();
      if (reply.code === 454) await pause(AGAIN_MS);
    }
  }

  /** One session after the other, until the account is refused. */
  async function keepGuessing(number: number): Promise<void> {
    for (let session = 0; !isRefused(); session += 1)
      await guess(number, session).catch((error: unknown) => {
        if (!(error instanceof Disconnected)) throw error;
      });
  }

  async function send(target: Target): Promise<void> {
    const message = composeMessage('plain', { from: 'anna@example.com', to: ['bert@example.net'] });
    const client = await logIn(target, 'anna', 'right');
    expect(await client.say('MAIL FROM:<anna@example.com>')).to.include({ code: 250 });
    expect(await client.say('RCPT TO:<bert@example.net>')).to.include({ code: 250 });
    expect(await client.data(message.octets)).to.include({ code: 250 });
    await client.quit();
    await pair().internet.until((all) => all.some(({ id }) => id === message.id));
  }

  const untilRefused = (role: RoleName): Promise<unknown> =>
    eventually(
      () => pair().get(role, '/api/status') as Promise<{ signIns: SignInState }>,
      ({ signIns }) => signIns.refused.some(({ account }) => account === 'anna'),
    );

  it('by forty connections, does not keep the user from sending, and has two hashes at a time', async () => {
    const { submission, outbound } = pair();
    await send(submission);
    const guesses = Array.from({ length: GUESSERS }, (_, number) => keepGuessing(number));
    await outbound.until(({ event }) => event === 'auth.failed');
    await send(submission);
    await outbound.until(isRefused, LONG_MS);
    await send(submission);
    await Promise.all(guesses);
    expect(await metricOf(pair(), 'outbound', 'password_hashes_most')).to.be.within(1, 2);
  }).timeout(2 * LONG_MS);

  it('has so many guesses and no more, and hears nothing of the rest', async () => {
    const tried = await metricOf(pair(), 'outbound', 'sign_ins_total', { result: 'wrong' });
    expect(tried).to.be.within(LIMIT, WORKERS * LIMIT); // workers hear of each other's a moment later
    expect(new Set(replies.map(({ code }) => code))).to.deep.equal(new Set([535, 454, 421]));
    const refused = await logIn({ ...pair().submission, localAddress: '127.0.1.1' }, 'anna', 'right').catch(
      String,
    );
    expect(refused).to.include('454');
  });

  it('is refused at the partner too, which knows where the user signed in', async () => {
    await untilRefused('inbound');
    const refused = await logIn({ ...atInbound, localAddress: '127.0.1.1' }, 'anna', 'right').catch(String);
    expect(refused).to.include('454');
    await send(atInbound);
  });

  it('is shown by "mailpair status"', async () => {
    const { out } = await mailpair(['status', '--config', pair().configFile]);
    expect(out).to.match(
      /^ {2}sign-ins: \d+ failed within the last hour, wrong passwords from \d+ networks$/m,
    );
    expect(out).to.match(/^ {2}SIGN-INS ARE REFUSED: of anna from new networks$/m);
  });

  it('is refused after a restart too, and the user is not', async () => {
    const { outbound, submission } = pair();
    await outbound.kill9();
    await outbound.start();
    await untilRefused('outbound');
    await send(submission);
  });
});

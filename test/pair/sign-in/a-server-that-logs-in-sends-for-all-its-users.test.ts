import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '@mailpair/shared/config/passwords';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { flood } from '../../support/hacked-account.ts';
import { eventually } from '../../support/heartbeat.ts';
import { logIn } from '../../support/log-in.ts';
import { WORKERS } from '../../support/pair.ts';
import { queueLength } from '../../support/queue.ts';
import type { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

/** More than one submitter may send within a minute. */
const USERS = 400;
const PER_MINUTE = 300;
const BEYOND = 20;
const HACKED = 'user-1@example.com';

describe('a mail server that logs in sends for all its users', () => {
  const pair = usePair({ start: ['outbound'] });
  const run = (...argv: string[]): Promise<Said> => mailpair([...argv, '--config', pair().configFile]);
  const connect = (): Promise<SmtpClient> => logIn(pair().submission, 'mailserver', 'right');
  const from = (sender: string): number =>
    pair().internet.deliveries.filter((delivery) => delivery.from === sender).length;

  before(async () => {
    const { directory, configure, outbound } = pair();
    const users = join(directory, 'users');
    writeFileSync(users, `mailserver:${await hashPassword('right', 'scrypt')}\n`, { mode: 0o600 });
    configure({
      'outbound.users': users,
      'outbound.trusted': [],
      'submitters.messagesPerMinute': PER_MINUTE,
      'submitters.servers': ['mailserver'],
    });
    outbound.signal('SIGHUP');
    await outbound.until(() => outbound.logged('gateway.reloaded').length === WORKERS);
  });

  it('who write a message each, and none is held', async () => {
    const { submission, outbound, internet } = pair();
    const taken = await flood(submission, {
      from: (number) => `user-${number}@example.com`,
      messages: USERS,
      sessions: 4,
      recipientOf: (number) => `friend-${number}@example.net`,
      connect,
    });
    expect(taken).to.equal(USERS);
    await internet.until((all) => all.length === USERS);
    expect(outbound.logged('submitter.held')).to.deep.equal([]);
  });

  it('of whom one that is hacked is held, and no other', async () => {
    const { submission, outbound, internet } = pair();
    await flood(submission, {
      from: HACKED,
      messages: PER_MINUTE + BEYOND,
      sessions: 4,
      recipientOf: (number) => `victim-${number}@example.net`,
      connect,
    });
    await outbound.until(() => outbound.logged('submitter.held').length > 0);
    expect(outbound.logged('submitter.held')[0]).to.include({ submitter: HACKED });
    const other = 'user-2@example.com';
    await flood(submission, {
      from: other,
      messages: 1,
      sessions: 1,
      recipientOf: () => 'x@example.net',
      connect,
    });
    await internet.until(() => from(other) === 2);
    await eventually(
      () => queueLength(pair(), 'outbound'),
      (held) => from(HACKED) + held === 1 + PER_MINUTE + BEYOND,
    );
    expect(from(HACKED)).to.be.within(PER_MINUTE, WORKERS === 1 ? PER_MINUTE : PER_MINUTE + BEYOND);
  });

  it('and its notices, which have no reverse-path, but nothing of a foreign domain', async () => {
    const client = await connect();
    expect((await client.say('MAIL FROM:<>')).code).to.equal(250);
    expect((await client.say('RCPT TO:<bert@example.net>')).code).to.equal(250);
    expect((await client.data(Buffer.from('Subject: away\r\n\r\nNot here.\r\n'))).code).to.equal(250);
    await client.say('MAIL FROM:<someone@elsewhere.test>');
    expect((await client.say('RCPT TO:<bert@example.net>')).code).to.equal(550);
    await client.quit();
  });

  it('and config check misses it in the users file when it is not there', async () => {
    const { configure } = pair();
    expect((await run('config', 'check')).err).to.not.include('submitters.servers');
    configure({ 'submitters.servers': ['mailserver', 'mial'] });
    expect((await run('config', 'check')).err).to.match(/submitters\.servers[^]*mial/);
  });
});

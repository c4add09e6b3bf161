import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '@mailpair/shared/config/passwords';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { logIn } from '../../support/log-in.ts';
import { SmtpClient, type Reply } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('submitters use their own addresses', () => {
  const pair = usePair({ start: ['outbound'] });

  before(async () => {
    const { directory, configure, outbound } = pair();
    const users = join(directory, 'users');
    writeFileSync(users, `anna:${await hashPassword('right')}\n`);
    configure({
      'outbound.users': users,
      'submitters.from': 'users',
      'submitters.exceptions': [{ name: 'partner@example.net', domains: ['example.net'] }],
    });
    outbound.signal('SIGHUP');
    await outbound.until(() => outbound.logged('gateway.reloaded').length === 1);
  });

  /** What is said to RCPT, and if that is 250 to the message. */
  async function submit(reversePath: string, from: string, user?: string): Promise<Reply> {
    const { submission } = pair();
    const client = await (user === undefined
      ? SmtpClient.greet(submission)
      : logIn(submission, user, 'right'));
    await client.say(`MAIL FROM:<${reversePath}>`);
    const rcpt = await client.say('RCPT TO:<bert@example.net>');
    const said =
      rcpt.code === 250 ? await client.data(Buffer.from(`From: ${from}\r\nSubject: x\r\n\r\nx\r\n`)) : rcpt;
    await client.quit();
    return said;
  }

  const taken: [reversePath: string, from: string, user?: string][] = [
    ['anna@example.com', 'Anna <anna@example.com>', 'anna'],
    ['', 'anna@example.com', 'anna'],
    ['root@host.example.com', 'root@host.example.com'],
    ['anna@example.com', 'a message that was forwarded <x@example.org>'],
    ['partner@example.net', 'x@example.net'],
  ];
  for (const [reversePath, from, user] of taken)
    it(`<${reversePath}> with From: ${from} of ${user ?? 'a trusted host'} is taken`, async () =>
      expect(await submit(reversePath, from, user)).to.include({ code: 250 }));

  const refused: [reversePath: string, from: string, words: string, user?: string][] = [
    ['chief@bank.example', 'chief@bank.example', 'as chief@bank.example', 'anna'],
    ['anna@example.com', 'Chief <chief@bank.example>', 'as chief@bank.example', 'anna'],
    ['anna@example.com', 'anna@example.com, chief@bank.example', 'as chief@bank.example', 'anna'],
    ['anna@example.com', '<anna@example.com> <chief@bank.example>', 'with this From', 'anna'],
    ['x@bank.example', 'x@example.com', 'as x@bank.example'],
  ];
  for (const [reversePath, from, words, user] of refused)
    it(`<${reversePath}> with From: ${from} of ${user ?? 'a trusted host'} is refused`, async () => {
      const { code, text } = await submit(reversePath, from, user);
      expect([code, text]).to.deep.equal([550, `5.7.1 You may not send ${words}; use an address of yours`]);
    });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { BayesStatus } from '@mailpair/shared/filter/bayes/open-bayes';
import { eventually, untilBothAlive, useSecret, type RoleName } from '../../support/heartbeat.ts';
import { askAll, WORKERS } from '../../support/pair.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';
import { mailpair } from '../../mailpair/command.ts';

describe('spam taught to one gateway is refused by both', () => {
  const pair = usePair({
    config: {
      ...useSecret().config,
      'bayes.minimum': 20,
      'judge.tagAt': 4,
      'judge.quarantineAt': 4,
      'judge.rejectAt': 4,
    },
  });

  const mail = (words: string, n: number): string =>
    `From: ${words.slice(0, 3)}@sender.test\r\nSubject: ${words} ${n}\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n` +
    `Message-ID: <${n}.${words.slice(0, 3)}@sender.test>\r\n\r\n${words} ${n}: ${words}, and once more ${words}.\r\n`;
  const spam = (n: number): string => mail('cheap pills from the casino', n);
  const ham = (n: number): string => mail('minutes of the meeting on the kernel', n);

  const command = (...argv: string[]) => mailpair([...argv, '--config', pair().configFile]);
  const learntBy = (role: RoleName): Promise<BayesStatus> =>
    pair().get(role, '/api/bayes') as Promise<BayesStatus>;
  const untilJudges = (role: RoleName) =>
    eventually(
      () => learntBy(role),
      ({ judges }) => judges,
    );

  async function send(mx: Target, octets: string): Promise<{ code: number; text: string }> {
    const client = await SmtpClient.greet(mx);
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    await client.say('DATA');
    const reply = await client.say(`${octets}.`);
    await client.quit();
    return { code: reply.code, text: reply.text };
  }

  /** Each worker says so; several may have learnt it a moment later. */
  async function untilAnswered(mx: Target, make: (n: number) => string, code: number): Promise<void> {
    await eventually(
      () => askAll((n) => send(mx, make(2_000 + n))),
      (replies) => replies.every((each) => each.code === code),
      WORKERS === 1 ? 0 : undefined,
    );
  }

  it('when it has learnt enough, and what nobody taught arrives', async () => {
    await untilBothAlive(pair());
    expect((await send(pair().mxIn, spam(1_000))).code).to.equal(250);
    for (const [as, make] of [
      ['spam', spam],
      ['ham', ham],
    ] as const) {
      const box = join(pair().directory, as);
      writeFileSync(box, Array.from({ length: 30 }, (_, n) => `From x Mon Jan  1\n${make(n)}\n`).join(''));
      expect(await command('learn', as, box, '--role', 'inbound')).to.include({ code: 0 });
    }
    for (const role of ['inbound', 'outbound'] as const) {
      const { spam, ham } = await untilJudges(role);
      expect([spam, ham]).to.deep.equal([30, 30]);
    }
    for (const mx of [pair().mxIn, pair().mxOut]) {
      await untilAnswered(mx, spam, 550);
      expect((await send(mx, ham(2_000))).code).to.equal(250);
    }
  });

  it('also after a restart', async () => {
    const { outbound, mxOut } = pair();
    await outbound.kill9();
    await outbound.start();
    await untilJudges('outbound');
    await untilAnswered(mxOut, spam, 550);
  });

  it('until it is taken back', async () => {
    await untilBothAlive(pair());
    await command('learn', 'forget', join(pair().directory, 'spam'), '--role', 'outbound');
    await eventually(
      () => learntBy('inbound'),
      ({ spam }) => spam === 0,
    );
    await untilAnswered(pair().mxIn, spam, 250);
  });
});

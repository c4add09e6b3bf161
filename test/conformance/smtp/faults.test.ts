/** Whatever goes wrong on our side is temporary (RFC 5321 §4.2.1), and its text is for the operator alone. */
import { renameSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { SessionHooks } from '@mailpair/shared/smtp/server/listener';
import { replies } from '@mailpair/shared/platform/values/reply';
import { withListener, type RecordingOptions } from '../../support/recording-listener.ts';
import { connectTo } from '../../support/wire.ts';

const fault = (): never => {
  throw new Error('the disk is on fire');
};
const rejection = (): Promise<never> => Promise.reject(new Error('the disk is on fire'));

const HELLO = 'S: 220\nC: EHLO client.example\nS: ...\nS: 250 ';
const TEMPORARY = 'S: /^451 4\\.3\\.0 Temporary fault on this host, please try again later$/';

/** Plays a script; the operator hears of `count` faults, the client of none. */
async function playWith(
  hooks: Partial<SessionHooks>,
  script: string,
  count = 1,
  options: RecordingOptions = {},
): Promise<void> {
  await withListener({ ...options, hooks }, async (listener) => {
    const dialogue = await connectTo(listener.address, { tls: options.tls === 'implicit' });
    await dialogue.play(script);
    await dialogue.gone();
    await listener.until(() => listener.closed.length === 1);
    expect(listener.faults.map(String)).to.deep.equal(Array(count).fill('Error: the disk is on fire'));
    expect(dialogue.segments.join('')).to.not.include('fire');
    expect(listener.sessions).to.equal(0);
    expect(listener.counter.total).to.equal(0);
  });
}

describe('a fault of ours', () => {
  it('when a client connects refuses the client', async () => {
    await playWith({ connect: fault }, `${TEMPORARY}\n<close>`);
  });

  it('at MAIL is answered 451, and the session goes on', async () => {
    let calls = 0;
    await playWith(
      { mail: () => ((calls += 1) === 1 ? fault() : replies.mailOk) },
      `${HELLO}
       C: MAIL FROM:<a@example.com>
       ${TEMPORARY}
       C: RCPT TO:<b@example.com>
       S: 503
       C: MAIL FROM:<a@example.com>
       S: 250 2.1.0`,
    );
  });

  for (const recipient of ['fault', 'broken'])
    it(`at RCPT is answered 451, and the session goes on (${recipient})`, async () => {
      await withListener({}, async (listener) => {
        const dialogue = await connectTo(listener.address);
        await dialogue.play(`${HELLO}
          C: MAIL FROM:<a@example.com>
          C: RCPT TO:<${recipient}@example.com>
          C: RCPT TO:<b@example.com>
          C: DATA
          S: 250 2.1.0
          ${TEMPORARY}
          S: 250 2.1.5
          S: 354
          C: .
          S: 250 2.0.0`);
        await dialogue.gone();
        expect(listener.faults.map(String)).to.deep.equal(['Error: the recipient table is on fire']);
        expect(listener.messages[0]!.envelope.recipients).to.have.lengthOf(1);
      });
    });

  const message = `
    C: MAIL FROM:<a@example.com>
    C: RCPT TO:<b@example.com>
    C: DATA
    S: 250 2.1.0
    S: 250 2.1.5
    S: 354
    C: x
    C: .`;

  for (const [how, hook] of Object.entries({ throws: fault, rejects: rejection }))
    it(`at the end of a message is answered 451, and the session goes on (the hook ${how})`, async () => {
      await playWith(
        { message: hook },
        `${HELLO}${message}
         ${TEMPORARY}
         C: DATA
         S: 503${message}
         ${TEMPORARY}
         C: QUIT
         S: 221
         <close>`,
        2,
      );
    });

  const secure: RecordingOptions = { tls: 'implicit', role: 'submission' };
  for (const [how, hook] of Object.entries({ throws: fault, rejects: rejection })) {
    it(`in the user base is answered 454 (the hook ${how})`, async () => {
      await playWith(
        { authenticate: hook },
        `${HELLO}
         C: AUTH PLAIN AG1lAHNlY3JldA==
         S: 454 4.7.0 Authentication is not possible at the moment
         C: AUTH PLAIN
         S: 334
         C: AG1lAHNlY3JldA==
         S: 454 4.7.0
         C: AUTH LOGIN bWU=
         S: 334
         C: c2VjcmV0
         S: 454 4.7.0
         C: NOOP
         S: 250 2.0.0`,
        3,
        secure,
      );
    });
  }

  it('with the file of a message is answered 451, and the session goes on', async () => {
    await withListener({ limits: { memoryPerMessageBytes: 0 } }, async (listener) => {
      const { incomingDirectory } = listener.options;
      renameSync(incomingDirectory, `${incomingDirectory}-gone`);
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}${message}\n${TEMPORARY}`);
      renameSync(`${incomingDirectory}-gone`, incomingDirectory);
      await dialogue.play(`${message}\nS: 250 2.0.0`);
      await dialogue.gone();
      expect(listener.faults.map(String)).to.have.lengthOf(1);
      expect(String(listener.faults[0])).to.include('ENOENT');
    });
  });

  it('does not reach the client by the text of a reply either: it stays one line', async () => {
    const text = `two\r\n250 2.0.0 lines\0${'x'.repeat(600)}`;
    await withListener(
      { hooks: { mail: () => ({ code: 550, enhanced: '5.7.1', text }) } },
      async (listener) => {
        const dialogue = await connectTo(listener.address);
        await dialogue.play(`${HELLO}
          C: MAIL FROM:<a@example.com>
          C: NOOP
          S: /^550 5\\.7\\.1 two 250 2\\.0\\.0 lines x{400,}$/
          S: 250 2.0.0`);
        await dialogue.gone();
        for (const line of dialogue.segments.join('').split('\r\n')) expect(line.length).to.be.at.most(510);
      },
    );
  });

  it('is none when a hook ends the session with 421', async () => {
    await playWith(
      { rcpt: () => ({ code: 421, enhanced: '4.3.2', text: 'Come back later' }) },
      `${HELLO}
       C: MAIL FROM:<a@example.com>
       C: RCPT TO:<b@example.com>
       C: NOOP
       S: 250 2.1.0
       S: 421 4.3.2 Come back later
       <close>`,
      0,
    );
  });
});

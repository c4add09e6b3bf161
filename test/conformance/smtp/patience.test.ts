/** How long and how many: greeting pause, time-outs (RFC 5321 §4.5.3.2) and limits of connections. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withListener } from '../../support/recording-listener.ts';
import { connectTo } from '../../support/wire.ts';

const HELLO = 'S: 220\nC: EHLO client.example\nS: ...\nS: 250 ';
const IDLE = 'S: 421 4.4.2 Waited too long';
const DATA = `
  C: MAIL FROM:<a@example.com>
  C: RCPT TO:<b@example.com>
  C: DATA
  S: 250 2.1.0
  S: 250 2.1.5
  S: 354`;

describe('the greeting', () => {
  it('refuses a stranger who speaks before it', async () => {
    await withListener({ smtp: { greetingPauseMs: 60_000 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('C: EHLO client.example\nC: NOOP\nS: 421 4.7.0 You spoke before\n<close>');
      expect(listener.refused).to.have.lengthOf(1);
    });
  });

  it('refuses a stranger who began to speak before it', async () => {
    await withListener({ smtp: { greetingPauseMs: 500 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('C(raw): EHLO cli\nS: 421 4.7.0 You spoke before\n<close>');
    });
  });

  it('comes first to who spoke before it where that only scores, and what was said is answered then', async () => {
    await withListener({ smtp: { greetingPauseMs: 50, earlyTalkers: 'score' } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('C: HELO client.example\nC: NOOP\nS: 220\nS: 250 mx.example.com\nS: 250 2.0.0');
      await dialogue.gone();
      await listener.until(() => listener.closed.length === 1);
      expect(listener.closed[0]).to.include({ spokeEarly: true });
      const begun = await connectTo(listener.address);
      await begun.play('C(raw): NO\nS: 220\nC: OP\nS: 250 2.0.0');
      await begun.gone();
      const patient = await connectTo(listener.address);
      await patient.play('S: 220\nC: NOOP\nS: 250 2.0.0');
      await patient.gone();
      await listener.until(() => listener.closed.length === 3);
      expect(listener.closed.map(({ spokeEarly }) => spokeEarly)).to.deep.equal([true, true, undefined]);
    });
  });

  it('comes after the pause to a stranger who waits', async () => {
    await withListener({ smtp: { greetingPauseMs: 20 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}\nC: QUIT\nS: 221\n<close>`);
    });
  });

  it('comes at once to a trusted client', async () => {
    await withListener({ trusted: true, smtp: { greetingPauseMs: 60_000 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(HELLO);
      await dialogue.gone();
    });
  });

  it('is not said any more to a client that went away during the pause', async () => {
    await withListener({ smtp: { greetingPauseMs: 20 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.gone();
      await listener.until(() => listener.closed.length === 1);
      expect(listener.sessions).to.equal(0);
    });
  });
});

describe('a client that keeps us waiting', () => {
  it('for its first command is left', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('S: 220');
      listener.clock.advance(300_001);
      await dialogue.play(`${IDLE}\n<close>`);
      await listener.until(() => listener.closed.length === 1);
      expect(listener.refused).to.have.lengthOf(1);
    });
  });

  it('for its next command is left, counted from the last one', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(HELLO);
      for (let i = 0; i < 3; i += 1) {
        listener.clock.advance(299_999);
        await listener.clock.read(2);
        await dialogue.play('C: NOOP\nS: 250');
      }
      listener.clock.advance(300_001);
      await dialogue.play(`${IDLE}\n<close>`);
    });
  });

  it('for the rest of a line is left', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}\nC(raw): NOO`);
      listener.clock.advance(300_001);
      await dialogue.play(`${IDLE}\n<close>`);
    });
  });

  it('in the middle of a message is left, and nothing of the message', async () => {
    await withListener({ limits: { memoryPerMessageBytes: 0 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}${DATA}\nC: x`);
      await listener.filesAre(1);
      listener.clock.advance(300_001);
      await dialogue.play(`${IDLE}\n<close>`);
      await listener.filesAre(0);
      expect(listener.messages).to.deep.equal([]);
    });
  });

  it('for the end of a message is left, even if it never was silent for long', async () => {
    await withListener({ smtp: { commandTimeoutMs: 1e12 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}${DATA}\nC: x`);
      listener.clock.advance(900_001);
      await dialogue.play('S: 421 4.4.2 The message took too long\n<close>');
      expect(listener.messages).to.deep.equal([]);
    });
  });

  it('with a TLS handshake is left', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('S: 220\nC: STARTTLS\nS: 220');
      listener.clock.advance(300_001);
      await dialogue.play('<close>');
      await listener.until(() => listener.closed.length === 1);
      expect(listener.sessions).to.equal(0);
    });
  });

  it('is another matter than a hook that takes its time', async () => {
    const called = Promise.withResolvers<void>();
    const hook = Promise.withResolvers<void>();
    const message = async (): Promise<{ code: number; enhanced: string; text: string }> => {
      called.resolve();
      await hook.promise;
      return { code: 250, enhanced: '2.0.0', text: 'OK' };
    };
    await withListener({ hooks: { message } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}${DATA}\nC: .`);
      const answer = dialogue.play('S: 250 2.0.0\nC: QUIT\nS: 221\n<close>');
      await called.promise;
      for (let i = 0; i < 3; i += 1) {
        listener.clock.advance(1e9);
        await listener.clock.read(2);
      }
      hook.resolve();
      await answer;
    });
  });
});

describe('a session that ended', () => {
  it('is forgotten, also after STARTTLS', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`S: 220\nC: STARTTLS\nS: 220\n<tls>\nC: EHLO client.example\nS: ...\nS: 250 `);
      expect(listener.sessions).to.equal(1);
      await dialogue.play('C: QUIT\nS: 221\n<close>');
      await listener.until(() => listener.closed.length === 1);
      listener.clock.advance(1e9);
      await listener.clock.read(2);
      expect(listener.sessions).to.equal(0);
      expect(listener.counter.total).to.equal(0);
      expect(listener.refused).to.deep.equal([]);
      expect(listener.closed).to.have.lengthOf(1);
    });
  });

  it('in a handshake that failed is forgotten', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('S: 220\nC: STARTTLS\nS: 220\nC: this is no ClientHello');
      await listener.until(() => listener.closed.length === 1);
      await dialogue.gone();
      expect(listener.sessions).to.equal(0);
      expect(listener.counter.total).to.equal(0);
    });
  });

  it('by a client that went away in a handshake is forgotten', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('S: 220\nC: STARTTLS\nS: 220\n<gone>');
      await listener.until(() => listener.closed.length === 1);
      expect(listener.sessions).to.equal(0);
    });
  });
});

describe('the limits of connections', () => {
  it('refuse a connection too many in total, and admit one when another is gone', async () => {
    await withListener({ limits: { connections: 2 } }, async (listener) => {
      const [first, second] = [await connectTo(listener.address), await connectTo(listener.address)];
      await first.play('S: 220');
      await second.play('S: 220');
      const third = await connectTo(listener.address);
      await third.play('S: 421 4.3.2 Too many connections at the moment\n<close>');
      await listener.until(() => listener.closed.length === 1);
      await first.play('C: QUIT\nS: 221\n<close>');
      await listener.until(() => listener.closed.length === 2);
      const fourth = await connectTo(listener.address);
      await fourth.play('S: 220\n<gone>');
      await second.gone();
      await listener.until(() => listener.closed.length === 4);
      expect(listener.counter.total).to.equal(0);
    });
  });

  it('refuse a connection too many of one client, not of others', async () => {
    await withListener({ limits: { connectionsPerClient: 1 } }, async (listener) => {
      const first = await connectTo(listener.address);
      await first.play('S: 220');
      const second = await connectTo(listener.address);
      await second.play('S: 421 4.7.0 Too many connections from your address\n<close>');
      const other = await connectTo(listener.address, { localAddress: '127.0.0.2' });
      await other.play('S: 220\n<gone>');
      await first.gone();
      await listener.until(() => listener.closed.length === 3);
      const next = await connectTo(listener.address);
      await next.play('S: 220\n<gone>');
    });
  });
});

describe('a command line', () => {
  for (const end of ['\\r\\n', ''])
    it(`that is too long ends the session${end ? '' : ', before its end comes too'}`, async () => {
      await withListener({}, async (listener) => {
        const dialogue = await connectTo(listener.address);
        await dialogue.play(`${HELLO}
          C(raw): NOOP ${'x'.repeat(13_000)}${end}
          S: 421 4.5.2 Command line too long
          <close>`);
      });
    });

  it('that is long is read', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}\nC: NOOP ${'x'.repeat(12_000)}\nS: 250 2.0.0\n<gone>`);
    });
  });
});

describe('replies to the commands of one packet', () => {
  it('leave in one packet (RFC 2920 §3.2)', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}${DATA}`);
      expect(dialogue.segments.at(-1)).to.match(/^250 2\.1\.0.*\r\n250 2\.1\.5.*\r\n354.*\r\n$/);
      await dialogue.gone();
    });
  });
});

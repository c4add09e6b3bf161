/** Closing a listener: nobody new, whoever has a message under way may finish it. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { connect } from 'node:net';
import { withListener, type Recording } from '../../support/recording-listener.ts';
import { connectTo, type Dialogue } from '../../support/wire.ts';

const DATA = `
  S: 220
  C: EHLO client.example
  S: ...
  S: 250 
  C: MAIL FROM:<a@example.com>
  C: RCPT TO:<b@example.com>
  C: DATA
  S: 250 2.1.0
  S: 250 2.1.5
  S: 354`;
const GOODBYE = 'S: 421 4.3.2 This host is shutting down\n<close>';
/** Longer than any test may take. */
const FAR = 600_000;

const begun = async (listener: Recording, script: string): Promise<Dialogue> => {
  const dialogue = await connectTo(listener.address);
  await dialogue.play(script);
  return dialogue;
};

describe('a listener that closes', () => {
  it('says 421 to an idle session and to one that was not greeted yet', async () => {
    await withListener({ smtp: { greetingPauseMs: 60_000 } }, async (listener) => {
      const waiting = await begun(listener, '');
      while (listener.sessions === 0) await new Promise(setImmediate);
      const closed = listener.close(FAR);
      await waiting.play(GOODBYE);
      await closed;
    });
    await withListener({}, async (listener) => {
      const idle = await begun(listener, 'S: 220');
      const closed = listener.close(FAR);
      await idle.play(GOODBYE);
      await closed;
      expect(listener.refused.map(({ enhanced }) => enhanced)).to.deep.equal(['4.3.2']);
      expect(listener.sessions).to.equal(0);
      expect(listener.counter.total).to.equal(0);
    });
  });

  it('takes the message under way, then says 421', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await begun(listener, `${DATA}\nC: x`);
      const closed = listener.close(FAR);
      await dialogue.play(`C: .\nS: 250 2.0.0\n${GOODBYE}`);
      await closed;
      expect(listener.messages).to.have.lengthOf(1);
    });
  });

  it('lets a transaction without DATA go on to its end', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await begun(
        listener,
        'S: 220\nC: HELO x\nS: 250\nC: MAIL FROM:<a@example.com>\nS: 250',
      );
      const closed = listener.close(FAR);
      await dialogue.play('C: RCPT TO:<slow@example.com>\nC: DATA\nS: 250\nS: 354');
      await dialogue.play(`C: .\nS: 250 2.0.0\n${GOODBYE}`);
      await closed;
    });
  });

  it('waits for the hook that has a message, and the client hears its answer', async () => {
    const hook = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const message = async (): Promise<{ code: number; enhanced: string; text: string }> => {
      started.resolve();
      await hook.promise;
      return { code: 250, enhanced: '2.0.0', text: 'Taken after all' };
    };
    await withListener({ hooks: { message } }, async (listener) => {
      const dialogue = await begun(listener, `${DATA}\nC: .`);
      await started.promise;
      const closed = listener.close(FAR);
      hook.resolve();
      await dialogue.play(`S: 250 2.0.0 Taken after all\n${GOODBYE}`);
      await closed;
    });
  });

  it('answers 421 to the next command of a session that dropped its transaction', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await begun(
        listener,
        'S: 220\nC: HELO x\nS: 250\nC: MAIL FROM:<a@example.com>\nS: 250',
      );
      const closed = listener.close(FAR);
      await dialogue.play(`C: RSET\nS: 250\nC: NOOP\n${GOODBYE}`);
      await closed;
    });
  });

  it('breaks off at the deadline, and leaves no file', async () => {
    await withListener({ limits: { memoryPerMessageBytes: 0 } }, async (listener) => {
      const dialogue = await begun(listener, `${DATA}\nC: x`);
      await listener.filesAre(1);
      await listener.close(0);
      await dialogue.play('<close>');
      await listener.filesAre(0);
      expect(listener.messages).to.deep.equal([]);
      expect(listener.closed).to.have.lengthOf(1);
    });
  });

  it('may be asked to twice', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await begun(listener, `${DATA}\nC: x`);
      const closed = [listener.close(FAR), listener.close(FAR)];
      await dialogue.play(`C: .\nS: 250 2.0.0\n${GOODBYE}`);
      await Promise.all(closed);
    });
  });

  it('refuses new connections', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await begun(listener, `${DATA}\nC: x`);
      const closed = listener.close(FAR);
      const refused = await connectTo(listener.address).then(
        () => 'connected',
        (error: unknown) => (error as NodeJS.ErrnoException).code,
      );
      expect(refused).to.equal('ECONNREFUSED');
      await dialogue.gone();
      await closed;
    });
  });

  it('does not wait for a client that never finishes the handshake of implicit TLS', async () => {
    await withListener({ tls: 'implicit' }, async (listener) => {
      const silent = connect(listener.address);
      silent.on('error', () => undefined);
      await new Promise((resolve) => silent.once('connect', resolve));
      // Connections are taken in turn: when this one is greeted, the silent one is there.
      const other = await connectTo(listener.address, { tls: true });
      await other.play('S: 220');
      const closed = listener.close(FAR);
      await other.play(GOODBYE);
      await closed;
      silent.destroy();
    });
  });

  it('breaks off a handshake after STARTTLS at the deadline', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await begun(listener, 'S: 220\nC: STARTTLS\nS: 220');
      await listener.close(0);
      await dialogue.play('<close>');
      expect(listener.sessions).to.equal(0);
    });
  });
});

/**
 * SMTP smuggling: octets that one host takes for the end of a message (RFC 5321 §4.1.1.4) and another for content,
 * so that what follows is a message that nobody checked.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { dotStuff } from '../../support/dot-stuff.ts';
import { withListener, type Recording, type RecordingOptions } from '../../support/recording-listener.ts';
import { connectTo, octetsOf, type Dialogue } from '../../support/wire.ts';

/** What some mail server took for the end of a message once, or might. */
const FALSE_ENDS = [
  '\\n.\\n',
  '\\n.\\r\\n',
  '\\n.\\r',
  '\\r.\\r',
  '\\r.\\r\\n',
  '\\r.\\n',
  '\\r\\n.\\r',
  '\\r\\n.\\n',
  '\\r\\n.\\n\\n',
  '\\r\\n\\0.\\r\\n',
  '\\r\\n.\\0\\r\\n',
  '\\r\\n.\\r\\0\\n',
  '\\r\\0\\n.\\r\\n',
  '\\0\\r\\n.\\0\\r\\n',
  '\\n\\n.\\r\\n',
  '\\n\\n.\\n',
  '\\r\\r.\\r\\r',
  '\\r\\n.\\r\\r\\n',
  '\\r\\r\\n.\\r\\r\\n',
  '\\r\\n.\\n\\r\\n',
  '\\n\\r.\\n\\r',
  '\\n\\r\\n\\r.\\r\\n',
  '\\n.\\r\\n.',
];

const SMUGGLED =
  'MAIL FROM:<admin@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nboo\r\n.\r\n';

/** Has a NUL, or a CR or LF that is bare whatever follows. */
const isBare = (text: string): boolean => /\0|\r[^\n]|(?<!\r)\n/.test(text);

async function begin(listener: Recording): Promise<Dialogue> {
  const dialogue = await connectTo(listener.address);
  await dialogue.play(`
    S: 220
    C: EHLO client.example
    S: ...
    S: 250 
    C: MAIL FROM:<a@example.com>
    C: RCPT TO:<b@example.com>
    C: DATA
    S: 250 2.1.0
    S: 250 2.1.5
    S: 354`);
  return dialogue;
}

/** Sends octets in pieces cut at `cuts`, each in its own turn of the event loop. */
async function sendCut(dialogue: Dialogue, octets: Buffer, cuts: readonly number[]): Promise<void> {
  let from = 0;
  for (const to of [...cuts, octets.length]) {
    dialogue.send(octets.subarray(from, to));
    from = to;
    await new Promise(setImmediate);
  }
}

describe('SMTP smuggling', () => {
  for (const end of FALSE_ENDS) {
    const message = Buffer.concat([
      Buffer.from('Subject: harmless\r\n\r\nx'),
      octetsOf(end),
      Buffer.from(SMUGGLED),
    ]);
    // Everywhere in the false end, and around it.
    const places = Array.from({ length: octetsOf(end).length + 2 }, (_, i) => 21 + i);

    it(`refuses the message with ${end} in it, and there is no other message`, async () => {
      await withListener({}, async (listener) => {
        const dialogue = await begin(listener);
        dialogue.send(message);
        await dialogue.play('S: /^554 5\\.6\\.0 .*bare/\nC: NOOP\nS: 250 2.0.0');
        await dialogue.gone();
        expect(listener.messages).to.deep.equal([]);
      });
    });

    it(`refuses it also when ${end} comes in pieces`, async () => {
      await withListener({}, async (listener) => {
        const dialogue = await begin(listener);
        for (const place of places) {
          await sendCut(dialogue, message, [place]);
          await dialogue.play(`
            S: 554 5.6.0
            C: MAIL FROM:<a@example.com>
            C: RCPT TO:<b@example.com>
            C: DATA
            S: 250 2.1.0
            S: 250 2.1.5
            S: 354`);
        }
        await sendCut(dialogue, message, places);
        await dialogue.play('S: 554 5.6.0');
        await dialogue.gone();
        expect(listener.messages).to.deep.equal([]);
      });
    });

    it(`takes one message with ${end} in it when normalising, and none can be smuggled on with it`, async () => {
      await withListener({ smtp: { bareLineEnds: 'normalise' } }, async (listener) => {
        const dialogue = await begin(listener);
        await sendCut(dialogue, message, places);
        await dialogue.play('S: 250 2.0.0 Queued as m1\nC: NOOP\nS: 250 2.0.0');
        await dialogue.gone();
        expect(listener.messages.map(({ envelope }) => envelope.reversePath)).to.deep.equal([
          'a@example.com',
        ]);
        expectNoFalseEnd(dotStuff(listener.messages[0]!.octets));
      });
    });
  }

  /** Whatever the next hop takes for a line end, a lone dot on a line is nowhere but at the end. */
  function expectNoFalseEnd(wire: Buffer): void {
    const text = wire.toString('latin1');
    expect(text).to.match(/\r\n\.\r\n$/);
    const content = text.slice(0, -'.\r\n'.length);
    expect(content).to.not.match(/\0|\r(?!\n)|(?<!\r)\n/);
    expect(content.split(/[\r\n\0]+/)).to.not.include('.');
  }

  it('finds one message at most in any mixture of CR, LF, NUL and dots', async () => {
    const piece = fc.constantFrom(
      '\r',
      '\n',
      '\0',
      '.',
      '\r\n',
      '\r\n.',
      'x',
      'MAIL FROM:<c@example.com>\r\n',
    );
    for (const bareLineEnds of ['reject', 'normalise'] as const)
      await withListener(
        { smtp: { bareLineEnds }, limits: { errors: 10_000, commands: 10_000 } },
        async (listener) => {
          const property = fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
            const text = pieces.join('');
            const whole = `\r\n${text}\r\n.\r\n`;
            fc.pre(whole.indexOf('\r\n.\r\n') === whole.length - 5);
            listener.messages.length = 0;
            const dialogue = await begin(listener);
            dialogue.send(`${text}\r\n.\r\n`);
            await dialogue.play(bareLineEnds === 'reject' && isBare(whole) ? 'S: 554 5.6.0' : 'S: 250 2.0.0');
            await dialogue.play('C: NOOP\nS: 250 2.0.0');
            await dialogue.gone();
            for (const { octets } of listener.messages) expectNoFalseEnd(dotStuff(octets));
            expect(listener.messages.length).to.be.at.most(1);
          });
          await fc.assert(property, { numRuns: 60 });
        },
      );
  });

  // Both other time-outs are far away.
  const patient: RecordingOptions = { smtp: { commandTimeoutMs: 1e12, messageTimeoutMs: 1e12 } };

  for (const end of FALSE_ENDS.filter((each) => isBare(octetsOf(each).toString())))
    it(`tells a client that waits for an answer after ${end} that the message is refused`, async () => {
      await withListener(patient, async (listener) => {
        const dialogue = await begin(listener);
        dialogue.send(Buffer.concat([Buffer.from('x'), octetsOf(end)]));
        const passing = setInterval(() => listener.clock.advance(5_001), 5);
        await dialogue.play('S: 554 5.6.0\n<close>').finally(() => clearInterval(passing));
        expect(listener.messages).to.deep.equal([]);
        expect(listener.refused.map(({ enhanced }) => enhanced)).to.deep.equal(['5.6.0']);
      });
    });

  it('is as patient as ever after a message was refused for it', async () => {
    await withListener({}, async (listener) => {
      const dialogue = await begin(listener);
      await dialogue.play('C(raw): x\\n.\\n\\r\\n.\\r\\n\nS: 554 5.6.0');
      listener.clock.advance(200_000);
      await listener.clock.read(3);
      await dialogue.play('C: NOOP\nS: 250 2.0.0');
      await dialogue.gone();
    });
  });
});
